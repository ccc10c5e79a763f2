import CheckpointFiles
import TestSupport
import Testing

@testable import LanguageModels

/// Folders of kinds that are not supported are refused by what they are, whatever else is in them.
@Suite("Refused model folders")
struct RefusedFolderTests {
    private let folder = TemporaryFolder()

    private func error(_ configuration: String) -> CheckpointError? {
        folder.write(Array(configuration.utf8), as: "config.json")
        do {
            _ = try ModelFiles(path: folder.path)
            return nil
        } catch {
            return error
        }
    }

    private static let names = Architecture.expectation(Architecture.all.map(\.name))
    private static let classes = Architecture.expectation(Architecture.all.map(\.className))

    /// The folder has no weights and no tokenizer; keys are missing or have other types.
    @Test(arguments: [
        (#"{"model_type": "cohere"}"#, "\"cohere\""),
        (#"{"model_type": "gpt_neox", "hidden_size": "wide", "architectures": 5, "vocab_size": null}"#, "\"gpt_neox\""),
        (#"{"model_type": "deepseek_v3", "quantization_config": {"quant_method": "fp8"}}"#, "\"deepseek_v3\""),
        (
            #"{"model_type": "llava", "text_config": {"model_type": "llama"}, "vision_config": {}}"#,
            "\"llava\", a multimodal model around the text model \"llama\""
        ),
        (#"{"model_type": "mllama", "vision_config": {}}"#, "\"mllama\", a multimodal model"),
        (
            #"{"model_type": "gemma3", "text_config": {"model_type": "gemma3_text"}}"#,
            "\"gemma3\", a multimodal model around the text model \"gemma3_text\""
        ),
        (
            #"{"model_type": "llama4", "architectures": ["Llama4ForConditionalGeneration"], "text_config": {}}"#,
            "\"llama4\", a multimodal model"
        ),
    ]) func otherArchitecturesAreNamedFirst(configuration: String, found: String) {
        for name in ["nothing", ModelFolder.Name.adapter, "pytorch_model.bin", ModelFolder.Name.weights] {
            folder.write(Array("{}".utf8), as: name)
            let error = error(configuration)
            #expect(error?.file == folder.file("config.json") && error?.name == "key \"model_type\"")
            #expect(error?.expected == Self.names && error?.found == found, "\(error as Any)")
        }
    }

    @Test(arguments: ["", #""model_type": null, "#, #""model_type": 7, "#]) func classesAreNamesToo(start: String) {
        let other = error("{\(start)\"architectures\": [\"CohereForCausalLM\"]}")
        #expect(other?.name == "key \"architectures\"" && other?.found == "\"CohereForCausalLM\"")
        #expect(other?.expected == Self.classes)
    }

    @Test func aClassIsEnough() throws {
        let shape = """
            "vocab_size": 64, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2, \
            "num_attention_heads": 4, "num_key_value_heads": 4
            """
        func read(_ names: String) throws -> ModelConfiguration {
            let text = "{\(names), \(shape)}"
            return try HuggingFaceConfiguration(path: folder.write(Array(text.utf8), as: "config.json")).model
        }
        #expect(try read(#""architectures": ["Qwen2ForCausalLM"]"#).architecture == .qwen2)
        #expect(try read(#""architectures": ["Qwen2ForCausalLM"], "model_type": null"#).architecture == .qwen2)
        #expect(try read(#""architectures": ["Qwen2Model"]"#).architecture == .qwen2)
        #expect(try read(#""architectures": [], "model_type": "qwen2""#).architecture == .qwen2)
        let none = #expect(throws: CheckpointError.self) { try read(#""architectures": []"#) }
        #expect(none?.name == "key \"model_type\"" && none?.expected == Self.names && none?.found == "no name")
        let contradiction = #expect(throws: CheckpointError.self) {
            try read(#""model_type": "llama", "architectures": ["LlamaForSequenceClassification"]"#)
        }
        #expect(contradiction?.expected == "LlamaForCausalLM")
        #expect(contradiction?.found == "\"LlamaForSequenceClassification\"")
    }

    /// The configurations are those that the methods' own tools write.
    @Test(arguments: [
        (#"{"quant_method": "gptq", "bits": 4, "group_size": 128}"#, "GPTQ (4 bits)"),
        (#"{"quant_method": "awq", "bits": 4, "version": "gemm"}"#, "AWQ (4 bits)"),
        (#"{"quant_method": "awq", "w_bit": 4}"#, "AWQ (4 bits)"),
        (#"{"quant_method": "fp8", "activation_scheme": "dynamic"}"#, "FP8"),
        (#"{"quant_method": "bitsandbytes", "load_in_4bit": true, "load_in_8bit": false}"#, "bitsandbytes (4 bits)"),
        (#"{"load_in_4bit": false, "load_in_8bit": true}"#, "bitsandbytes (8 bits)"),
        (#"{"quant_method": "compressed-tensors", "config_groups": {}}"#, "compressed-tensors"),
        (#"{"quant_method": "of tomorrow"}"#, "of tomorrow"), ("{}", "an unnamed method"), ("7", "an unnamed method"),
    ]) func quantizedFoldersNameTheMethod(value: String, method: String) {
        let error = error("{\"model_type\": \"llama\", \"quantization_config\": \(value)}")
        #expect(error?.name == "key \"quantization_config\"" && error?.expected == "weights in F32, F16 or BF16")
        #expect(
            error?.found
                == "weights quantized with \(method); use the folder of the model without quantization, "
                + "or a GGUF file of it")
    }

    @Test func otherKeysOfQuantization() {
        let mlx = #"{"group_size": 64, "bits": 4}"#
        let error = error("{\"model_type\": \"llama\", \"quantization\": \(mlx), \"quantization_config\": \(mlx)}")
        #expect(error?.found.hasPrefix("weights quantized with MLX (4 bits); ") == true)
        let older = self.error(
            #"{"model_type": "llama", "compression_config": {"quant_method": "compressed-tensors"}}"#)
        #expect(older?.name == "key \"compression_config\"")
        // Null means none: the error is about missing keys.
        let none = self.error(#"{"model_type": "llama", "quantization_config": null}"#)
        #expect(none?.expected.hasPrefix("a folder with model.safetensors") == true)
    }

    @Test func adaptersNameTheirBase() {
        folder.write(
            Array(#"{"peft_type": "LORA", "base_model_name_or_path": "a/base"}"#.utf8), as: "adapter_config.json")
        folder.write([0], as: "adapter_model.safetensors")
        let error = #expect(throws: CheckpointError.self) { try ModelFiles(path: folder.path) }
        #expect(error?.file == folder.path && error?.expected == "a whole model")
        #expect(error?.found == "a LoRA adapter of \"a/base\"; pass that model, and the folder as its adapter")
        folder.write(Array(#"{"peft_type": "IA3"}"#.utf8), as: "adapter_config.json")
        let other = #expect(throws: CheckpointError.self) { try ModelFiles(path: folder.path) }
        #expect(other?.found.hasPrefix("a IA3 adapter of another model") == true)
    }

    @Test(arguments: [
        "meta-llama/Llama-3.2-1B", "https://huggingface.co/meta-llama/Llama-3.2-1B",
        "hf.co/meta-llama/Llama-3.2-1B/tree/main", "hf://meta-llama/Llama-3.2-1B",
    ]) func namesOnAHubAreNotDownloaded(path: String) {
        let error = #expect(throws: CheckpointError.self) { try ModelFiles(path: path) }
        #expect(error?.file == path && error?.expected == "a GGUF file or a model folder")
        #expect(error?.found.contains("hf download meta-llama/Llama-3.2-1B --local-dir Llama-3.2-1B") == true)
    }

    @Test(arguments: [
        "/no/such", "no/such/file", "./no-such/file", "../no-such", "no-such/model.gguf", "nosuch", "no-such/", "~/no",
        "no such/model", "no-such/\u{e9}",
    ]) func otherMissingPathsAreFiles(path: String) {
        let error = #expect(throws: CheckpointError.self) { try ModelFiles(path: path) }
        #expect(error?.found == "No such file or directory")
    }
}
