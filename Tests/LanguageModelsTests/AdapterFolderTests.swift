import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Adapter folders")
struct AdapterFolderTests {
    private let folder = TemporaryFolder()

    /// Copies PEFT's adapter with changed keys.
    private func adapter(_ changes: [String: Any] = [:], of name: String = "gqa") throws -> String {
        let path = folder.file("adapter")
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: Goldens.path("adapters/\(name)-trained"), toPath: path)
        let file = URL(filePath: "\(path)/adapter_config.json")
        var members = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        members.merge(changes) { $1 }
        try JSONSerialization.data(withJSONObject: members).write(to: file)
        return path
    }

    private func base(_ name: String = "gqa") throws -> StoredModel {
        try StoredModel(ModelFiles(path: Goldens.path("folders/tiny-\(name)")))
    }

    private func error(_ changes: [String: Any], of name: String = "gqa") throws -> CheckpointError? {
        let path = try adapter(changes, of: name)
        let base = try base()
        do throws(CheckpointError) {
            _ = try base.adapted(by: AdapterFolder(path: path))
            return nil
        } catch {
            return error
        }
    }

    @Test func whatAnAdapterMayNotAskForIsRefusedByName() throws {
        #expect(try error([:]) == nil)
        let refused: [String: Any] = [
            "peft_type": "IA3", "task_type": "SEQ_CLS", "use_dora": true, "bias": "lora_only", "lora_bias": true,
            "modules_to_save": ["lm_head"], "rank_pattern": ["q_proj": 2], "alpha_pattern": ["q_proj": 2],
            "fan_in_fan_out": true, "layer_replication": [[0, 2]], "trainable_token_indices": [1],
            "target_parameters": ["x"], "alora_invocation_tokens": [1], "use_qalora": true, "arrow_config": ["k": 1],
            "init_lora_weights": "pissa_niter_4", "r": 0, "lora_alpha": "much",
            "use_rslora": "true", "layers_to_transform": ["0"],
        ]
        for (key, value) in refused {
            let found = try #require(try error([key: value]), "\(key)")
            #expect(found.name == "key \"\(key)\"", "\(found)")
        }
        for value in [["gaussian"], 5, ["gaussian": true]] as [Any] {
            #expect(try error(["init_lora_weights": value])?.name == "key \"init_lora_weights\"")
        }
        for value in [true, false, NSNull()] as [Any] { #expect(try error(["init_lora_weights": value]) == nil) }
        for (key, value) in ["lora_alpha": 1e300, "task_type": 7, "bias": 5] as [String: Any] {
            #expect(try error([key: value])?.name == "key \"\(key)\"")
        }
        // Settings that change nothing here.
        for (key, value) in ["lora_dropout": 0.1, "init_lora_weights": "gaussian", "inference_mode": false]
            as [String: Any]
        {
            #expect(try error([key: value]) == nil, "\(key)")
        }
    }

    @Test func anAdapterMustFitItsConfigurationAndItsBase() throws {
        #expect(try error(["r": 8])?.found.contains("4") == true)
        #expect(try error(["target_modules": ["q_proj"]])?.expected.contains("adapter_config.json names") == true)
        #expect(try error(["target_modules": ["q_proj", "c_attn"]]) != nil)
        #expect(try error(["layers_to_transform": [1]])?.name.contains("layers.0.") == true)
        #expect(try error(["target_modules": "all-linear"]) == nil)
        let all = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
        #expect(try error(["target_modules": all + ["embed_tokens"]])?.found == "\"embed_tokens\"")
        // An adapter of another model.
        let other = try StoredModel(ModelFiles(path: Goldens.path("folders/tiny-qwen3")))
        let path = try adapter()
        let error = #expect(throws: CheckpointError.self) { try other.adapted(by: AdapterFolder(path: path)) }
        #expect(error?.name.hasPrefix("tensor \"base_model.model.model.layers.") == true, "\(error as Any)")
    }

    @Test func numbersThatAreNoneAreRefused() throws {
        let path = try adapter()
        let file = try SafetensorsFile(path: "\(path)/adapter_model.safetensors")
        var writer = SafetensorsWriter()
        for tensor in file.tensors {
            let stored = try #require(file.tensor(named: tensor.name))
            var values = stored.vector().values
            if tensor.name.contains("layers.1.mlp.up_proj.lora_B") { values[3] = .nan }
            let bytes = DType.f32.quantize(values)
            writer.add(tensor.name, .f32, shape: tensor.shape) {
                StoredTensor(name: "", dtype: .f32, shape: stored.shape, bytes: bytes)
            }
        }
        try writer.write(to: "\(path)/adapter_model.safetensors")
        let error = #expect(throws: CheckpointError.self) { try base().adapted(by: AdapterFolder(path: path)) }
        #expect(error?.name == "tensor \"base_model.model.model.layers.1.mlp.up_proj.lora_B.weight\"")
    }

    /// What is written is what PEFT's own file says.
    @Test(arguments: ["gqa", "biases"]) func theConfigurationIsReadBack(name: String) throws {
        let read = try AdapterFolder(path: adapter(["base_model_name_or_path": "a/b"], of: name))
        try TextFile.write(
            AdapterFolder.configuration(read.settings, base: "a/b"), to: "\(read.path)/adapter_config.json")
        let again = try AdapterFolder(path: read.path)
        #expect(again.settings == read.settings && again.base == "a/b")
        let scale = name == "gqa" ? 2 : Float(3)
        #expect(read.settings.scale == scale)
    }
}
