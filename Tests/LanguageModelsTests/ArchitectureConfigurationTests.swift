import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@testable import LanguageModels

/// The keys of `config.json` and of GGUF files that only some architectures have.
@Suite("Configurations of architectures")
struct ArchitectureConfigurationTests {
    private let folder = TemporaryFolder()

    /// The samples, and settings that are less common.
    private static let models: [SampleModel] =
        SampleModel.all
        + [
            { model in
                var scaling = YaRNScaling(factor: 4, originalContext: 32, attentionFactor: 1.25)
                (scaling.fastTurns, scaling.slowTurns, scaling.roundsBorders) = (8, 0.5, false)
                model.configuration.rope.scaling = .yarn(scaling)
            },
            { $0.configuration.biases = [] }, { $0.isTied.toggle() },
            { $0.configuration.slidingWindow?.size = 1 },
        ].flatMap { (change: (inout SampleModel) -> Void) in
            SampleModel.all.filter { $0.configuration.architecture != .phi3 }.map { sample in
                var sample = sample
                change(&sample)
                if !sample.configuration.biases.isSuperset(of: sample.configuration.architecture.biases) {
                    sample.configuration.biases = sample.configuration.architecture.biases
                }
                return sample
            }
        }

    @Test(arguments: models) func foldersKeepEverySetting(sample: SampleModel) throws {
        let written = HuggingFaceConfiguration(model: sample.configuration, tiesHead: sample.isTied)
        let path = folder.file("config.json")
        try TextFile.write(written.json(file: path), to: path)
        #expect(try HuggingFaceConfiguration(path: path) == written)
    }

    @Test(arguments: models) func ggufFilesKeepEverySetting(sample: SampleModel) throws {
        try sample.ggufWriter().write(to: folder.file("model.gguf"))
        let model = try StoredModel(ModelFiles(path: folder.file("model.gguf")))
        #expect(model.configuration == sample.configuration && model.configuration.notes.texts.isEmpty)
        #expect(model.tiesHead == sample.isTied)
    }

    /// Reads a sample's GGUF file with one other value.
    private func read(_ name: String, _ key: String, _ value: GGUFValue?) throws -> ModelConfiguration {
        let sample = try #require(SampleModel.all.first { $0.description == name })
        var writer = try sample.ggufWriter()
        writer.metadata[key] = value
        try writer.write(to: folder.file("changed.gguf"))
        return try ModelFiles(path: folder.file("changed.gguf")).configuration
    }

    @Test func windowsOfGGUFFilesHaveSeveralSpellings() throws {
        let (size, pattern) = ("gemma3.attention.sliding_window", "gemma3.attention.sliding_window_pattern")
        #expect(try read("Gemma 3", size, .uint32(0)).slidingWindow == nil)
        #expect(try read("Gemma 3", size, nil).slidingWindow == nil)
        #expect(try read("Gemma 3", pattern, nil).slidingWindow?.layers == [0, 1, 2, 3])
        #expect(try read("Gemma 3", pattern, .uint32(2)).slidingWindow?.layers == [0, 2])
        #expect(try read("Gemma 3", pattern, .uint32(0)).slidingWindow?.layers == [0, 1, 2, 3])
        #expect(try read("Gemma 3", pattern, .array(.bools([false, false, true, false]))).slidingWindow?.layers == [2])
        // GGUF files call a Mistral without windows a Llama, too.
        #expect(try read("Mistral", "llama.attention.sliding_window", nil).architecture == .llama)
    }

    @Test(
        arguments: [
            (
                "Gemma 3", "gemma3.attention.sliding_window_pattern", .array(.bools([true, false])),
                "expected one bool for each of 4 layers, found 2"
            ),
            (
                "Mistral", "llama.attention.sliding_window", .int32(-1),
                "expected an integer in 0...1073741824, found -1"
            ),
            ("Phi-3", "phi3.rope.dimension_count", .uint32(5), "expected an even number in 2...8, found 5"),
            ("Qwen 2", "qwen2.rope.dimension_count", .uint32(4), "expected the head size 8, found 4"),
            (
                "SmolLM3", "smollm3.rope.rotated_layers", .array(.bools([true])),
                "expected one bool for each of 4 layers, found array of 1 bool"
            ),
            ("Granite", "granite.logit_scale", .float32(0), "expected a positive number, found 0.0"),
            ("Gemma 3", "gemma3.rope.freq_base_swa", .float32(0), "expected a number of at least 1, found 0.0"),
        ] as [(String, String, GGUFValue, String)])
    func whatIsWrongInAGGUFFileIsSaid(name: String, key: String, value: GGUFValue, message: String) throws {
        let error = #expect(throws: CheckpointError.self) { _ = try read(name, key, value) }
        #expect(error?.description == "\(folder.file("changed.gguf")): metadata key \"\(key)\": \(message)")
    }

    @Test func layersWithoutRoPEAreRead() throws {
        func layers(_ changes: [String: String?]) throws -> Set<Int> {
            try folder.configuration(
                ["model_type": "\"smollm3\"", "num_hidden_layers": "8"].merging(changes) { $1 }
            ).model.unrotatedLayers
        }
        #expect(try layers([:]) == [3, 7])
        #expect(try layers(["no_rope_layers": "null", "no_rope_layer_interval": "3"]) == [2, 5])
        #expect(try layers(["no_rope_layer_interval": "1"]) == Set(0..<8))
        #expect(try layers(["no_rope_layers": "[1, 0, 1, 1, 1, 1, 1, 0, 0, 0]"]) == [1, 7])
    }

    @Test func multipliersAreRead() throws {
        let granite = try folder.configuration([
            "model_type": "\"granite\"", "embedding_multiplier": "12", "residual_multiplier": "0.22",
            "logits_scaling": "8.0",
        ]).model.multipliers
        #expect((granite.embedding, granite.residual, granite.logits) == (12, 0.22, 8))
        // transformers' default is 1, not 1 / sqrt(headDimension).
        #expect(granite.attention == 1)
        let gemma = try folder.configuration(["model_type": "\"gemma3_text\""]).model.multipliers
        #expect((gemma.embedding, gemma.attention) == (Float(32).squareRoot(), nil))
        let scaled = try folder.configuration(["model_type": "\"gemma3_text\"", "query_pre_attn_scalar": "64"]).model
        #expect(scaled.multipliers.attention == 0.125 && scaled.attention.headDimension == 256)
    }

    /// What is ignored or assumed is said.
    @Test func notesAreMade() throws {
        func notes(_ changes: [String: String?]) throws -> [String] {
            try folder.configuration(changes).model.notes.texts
        }
        #expect(try notes([:]) == [])
        #expect(
            try notes(["rope_scaling": "{\"rope_type\": \"linear\", \"factor\": 2, \"beta\": 3}"])
                == ["rope_scaling.beta in config.json is not part of RoPE of type \"linear\" and is ignored"])
        #expect(
            try notes(["rope_scaling": "{\"factor\": 2}"])
                == ["rope_scaling.factor in config.json is not part of RoPE of type \"default\" and is ignored"])
        #expect(
            try notes(["rope_scaling": "{\"type\": \"yarn\", \"factor\": 2}"])
                == [
                    "rope_scaling.original_max_position_embeddings in config.json is missing: "
                        + "max_position_embeddings, 2048, is used"
                ])
        #expect(
            try notes([
                "rope_scaling": "{\"type\": \"yarn\", \"factor\": 2, \"original_max_position_embeddings\": 32}",
                "original_max_position_embeddings": "64",
            ]) == [
                "rope_scaling.original_max_position_embeddings in config.json, 32, is ignored: as in transformers, 64 "
                    + "is used"
            ])
        // transformers does not read the older key in Gemma's parameters.
        #expect(
            try notes(["model_type": "\"gemma3_text\"", "rope_scaling": "{\"type\": \"linear\", \"factor\": 8}"])
                == ["factor", "type"].map {
                    "rope_scaling.\($0) in config.json is not part of RoPE of type \"default\" and is ignored"
                })
    }

    private static let refusals: [(architecture: String, changes: [String: String?], message: String)] = [
        (
            "llama", ["rope_parameters": "{\"full_attention\": {\"rope_type\": \"default\"}}"],
            "key \"rope_parameters.full_attention\": expected the same RoPE in all layers, found one of its own"
        ),
        (
            "gemma3_text", ["rope_parameters": "{\"rope_type\": \"linear\", \"factor\": 8}"],
            "key \"rope_parameters\": expected parameters for each kind of layer, found the same ones for all layers"
        ),
        (
            "qwen3", ["partial_rotary_factor": "0.5"],
            "key \"partial_rotary_factor\": expected 1 (a plain qwen3 model), found 0.5"
        ),
        (
            "phi3", ["partial_rotary_factor": "0.4"],
            "key \"partial_rotary_factor\": expected a share of the 8 coordinates that is an even number, found 0.4"
        ),
        (
            "phi3", ["rope_scaling": "{\"type\": \"linear\", \"factor\": 2}"],
            "key \"rope_scaling.rope_type\": expected \"default\" or \"longrope\", found \"linear\""
        ),
        (
            "phi3",
            ["rope_scaling": "{\"type\": \"su\", \"short_factor\": [1, 1, 1, 1], \"long_factor\": [1, 1]}"],
            "key \"rope_scaling.long_factor\": expected 4 positive numbers, found 2"
        ),
        (
            "llama",
            ["rope_scaling": "{\"type\": \"longrope\", \"short_factor\": [1, 1, 0, 1], \"long_factor\": [1, 1, 1, 1]}"],
            "key \"rope_scaling.short_factor\": expected 4 positive numbers, found other numbers"
        ),
        (
            "llama", ["rope_scaling": "{\"type\": \"yarn\"}"],
            "key \"rope_scaling.factor\": expected a positive number, found no such key"
        ),
        (
            "smollm3", ["no_rope_layers": "[1]"],
            "key \"no_rope_layers\": expected 0 or 1 for each of 2 layers, found 1 numbers"
        ),
        (
            "smollm3", ["no_rope_layer_interval": "0"],
            "key \"no_rope_layer_interval\": expected an integer in 1...16777216, found 0"
        ),
        (
            "granite", ["logits_scaling": "0"],
            "key \"logits_scaling\": expected a positive number, found 0.0"
        ),
        (
            "gemma3_text", ["query_pre_attn_scalar": "-1"],
            "key \"query_pre_attn_scalar\": expected a positive number, found -1.0"
        ),
        (
            "gemma3_text", ["hidden_activation": "\"silu\""],
            "key \"hidden_activation\": expected \"gelu_pytorch_tanh\", found \"silu\""
        ),
        (
            "gemma3_text", ["final_logit_softcapping": "30"],
            "key \"final_logit_softcapping\": expected null (a plain gemma3_text model), found 30.0"
        ),
        (
            "gemma3_text", ["attn_logit_softcapping": "50"],
            "key \"attn_logit_softcapping\": expected null (a plain gemma3_text model), found 50.0"
        ),
        (
            "gemma3_text", ["use_bidirectional_attention": "true"],
            "key \"use_bidirectional_attention\": expected false (a model that generates text), found true"
        ),
        ("phi3", ["attention_bias": "true"], "key \"attention_bias\": expected false (a plain phi3 model), found true"),
        (
            "mistral", ["attention_bias": "true"],
            "key \"attention_bias\": expected false (a plain mistral model), found true"
        ),
    ]

    @Test(arguments: refusals.indices) func whatIsWrongIsSaid(index: Int) {
        let (architecture, changes, message) = Self.refusals[index]
        let plain: [String: String?] = ["model_type": "\"\(architecture)\"", "num_key_value_heads": "2"]
        #expect(folder.complaint(plain.merging(changes) { $1 }) == "config.json: " + message)
    }

    /// What another architecture would read, and what one key says against another.
    @Test func ignoredKeysAreNoted() throws {
        func notes(_ changes: [String: String?]) throws -> [String] {
            let found = try folder.configuration(["model_type": "\"llama\""].merging(changes) { $1 })
            return found.model.notes.texts + found.notes
        }
        for key in ["embedding_multiplier", "sliding_window", "query_pre_attn_scalar", "rope_local_base_freq"] {
            #expect(try notes([key: "12"]).count == 1, "\(key)")
            #expect(try notes([key: "null"]) == [], "\(key)")
        }
        let (older, newer) = ("{\"rope_type\": \"linear\", \"factor\": 2}", "{\"rope_type\": \"default\"}")
        #expect(try notes(["rope_scaling": older, "rope_parameters": newer]).count == 1)
        #expect(try notes(["rope_scaling": older]) == [])
        #expect(try notes(["rope_theta": "100", "rope_parameters": "{\"rope_theta\": 200}"]).count == 1)
        #expect(try notes(["rope_scaling": "{\"type\": \"linear\", \"rope_type\": \"default\"}"]).count == 1)
        for key in ["embedding_scale", "attention.scale", "rope.freq_base_swa"] {
            #expect(try read("Llama", "llama.\(key)", .float32(3)).notes.texts.count == 1, "\(key)")
        }
        let context = "llama.rope.scaling.original_context_length"
        #expect(
            try read("Llama", context, nil).notes.texts.count
                == (try read("Llama", context, .uint32(8)).rope.scaling == .none ? 0 : 1))
    }

    @Test func expertsAreRefusedFirst() throws {
        let sample = try #require(SampleModel.all.first { $0.description == "Mistral" })
        var writer = try sample.ggufWriter()
        writer.metadata["llama.expert_count"] = .uint32(8)
        writer.metadata["llama.rope.scaling.type"] = .string("unheard of")
        try writer.write(to: folder.file("experts.gguf"))
        let error = #expect(throws: CheckpointError.self) { try ModelFiles(path: folder.file("experts.gguf")) }
        #expect(error?.name == "metadata key \"llama.expert_count\"")
    }

    /// A folder has one key for the biases of all projections of attention.
    @Test func someBiasesOfAttentionCannotBeSaid() throws {
        let sample = try #require(SampleModel.all.first { $0.description == "SmolLM3" })
        for biases in [Architecture.Biases.attentionInputs, .attentionOutput] {
            var model = sample.configuration
            model.biases = biases
            let error = #expect(throws: CheckpointError.self) {
                try HuggingFaceConfiguration(model: model, tiesHead: true).json(file: "config.json")
            }
            #expect(error?.name == "key \"attention_bias\"")
        }
    }

    @Test func theNumberOfLayerTypesIsChecked() {
        let error = folder.complaint([
            "model_type": "\"qwen2\"", "num_key_value_heads": "2", "layer_types": "[\"full_attention\"]",
        ])
        #expect(error == "config.json: key \"layer_types\": expected one for each of 2 layers, found 1")
    }
}
