import ModelHub
import TestSupport
import Testing

@Suite struct ModelChoiceTests {
    private func choose(_ name: String, among paths: [String]) throws -> ModelChoice {
        try ModelChoice(among: paths, for: HubModelName(name))
    }

    private func complaint(_ name: String, among paths: [String]) -> String {
        do {
            return "\(try choose(name, among: paths))"
        } catch {
            return "\(error)"
        }
    }

    private let quantizations = [
        "README.md", "m-Q2_K.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf", "m-UD-Q4_K_XL.gguf", "mmproj-m-Q4_K_M.gguf",
        "m.imatrix.gguf", "m-f16-00001-of-00002.gguf", "m-f16-00002-of-00002.gguf", "BF16/m-00001-of-00002.gguf",
        "BF16/m-00002-of-00002.gguf",
    ]

    @Test(arguments: [
        ("a/b", ["m-Q4_K_M.gguf"]),
        ("a/b:q8_0", ["m-Q8_0.gguf"]),
        ("a/b:Q4_K_XL", ["m-UD-Q4_K_XL.gguf"]),
        ("a/b:F16", ["m-f16-00001-of-00002.gguf", "m-f16-00002-of-00002.gguf"]),
        ("a/b:bf16", ["BF16/m-00001-of-00002.gguf", "BF16/m-00002-of-00002.gguf"]),
        ("a/b:m-f16-00002-of-00002.gguf", ["m-f16-00001-of-00002.gguf", "m-f16-00002-of-00002.gguf"]),
        ("a/b:m-Q2_K.gguf", ["m-Q2_K.gguf"]),
    ])
    func aQuantizationIsAWholeWordOfAName(_ name: String, expected: [String]) throws {
        #expect(try choose(name, among: quantizations) == .gguf(expected))
    }

    @Test func missingAndAmbiguousChoicesListWhatThereIs() {
        #expect(
            complaint("a/b:Q4_K", among: quantizations).hasPrefix(
                "a/b: expected a GGUF file with \"Q4_K\" in its name, found \"m-Q2_K.gguf\", \"m-Q4_K_M.gguf\""))
        #expect(complaint("a/b:Q5_0.gguf", among: quantizations).contains("expected the file \"Q5_0.gguf\""))
        #expect(
            complaint("a/b:Q8_0", among: ["x-Q8_0.gguf", "y-Q8_0.gguf"])
                == "a/b: expected one model with \"Q8_0\" in its name (a/b:FILE), found \"x-Q8_0.gguf\", \"y-Q8_0.gguf\""
        )
        #expect(
            complaint("a/b", among: ["x-Q8_0.gguf", "y-Q8_0.gguf"])
                == "a/b: expected a choice, such as a/b:Q4_K_M or a/b:FILE, found \"x-Q8_0.gguf\", \"y-Q8_0.gguf\"")
        #expect(
            complaint("a/b", among: ["m-00001-of-00003.gguf", "m-00003-of-00003.gguf"])
                == "a/b: expected 3 parts of a split GGUF file, found no \"m-00002-of-00003.gguf\"")
        #expect(complaint("a/b", among: ["pytorch_model.bin"]).contains("pickle"))
        #expect(complaint("a/b", among: ["adapter_config.json"]).contains("adapter"))
        #expect(complaint("a/b", among: []).hasSuffix("found no files"))
        #expect(complaint("a/b:mmproj-m-Q4_K_M.gguf", among: quantizations).contains("mmproj"))
    }

    /// A model's exit block comes with it, and is not taken for a model.
    @Test func exitBlocks() throws {
        let blocks = ["m-Q8_0.gguf.exit-block", "m-f16.exit-block", "m-Q2_K.gguf.exit-block"]
        #expect(try choose("a/b:q8_0", among: quantizations + blocks) == .gguf(["m-Q8_0.gguf", blocks[0]]))
        let parts = ["m-f16-00001-of-00002.gguf", "m-f16-00002-of-00002.gguf"]
        #expect(try choose("a/b:F16", among: quantizations + blocks) == .gguf(parts + [blocks[1]]))
        let folder = ["config.json", "model.safetensors", "exit-block.safetensors", "other.safetensors"]
        #expect(
            try choose("a/b", among: folder).paths == ["config.json", "exit-block.safetensors", "model.safetensors"])
    }

    @Test func theOnlyFileIsTaken() throws {
        #expect(try choose("a/b", among: ["strange.gguf", "mmproj-x.gguf"]) == .gguf(["strange.gguf"]))
    }

    @Test func ofAFolderOnlyWhatIsReadIsTaken() throws {
        let paths = [
            ".gitattributes", "README.md", "LICENSE", "config.json", "generation_config.json", "tokenizer.json",
            "tokenizer.model", "vocab.json", "merges.txt", "tokenizer_config.json", "chat_template.jinja",
            "additional_chat_templates/tool_use.jinja", "additional_chat_templates/a/b.jinja", "model.safetensors",
            "pytorch_model.bin", "onnx/model.onnx", "original/consolidated.00.pth", "model.gguf", "training_args.bin",
            "preprocessor_config.json", "flax_model.msgpack",
        ]
        let choice = try choose("a/b", among: paths)
        #expect(
            Set(choice.paths) == [
                "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
                "chat_template.jinja", "additional_chat_templates/tool_use.jinja", "model.safetensors",
            ])
        #expect(choice.paths.last == "model.safetensors")
        #expect(try choose("a/b:model.gguf", among: paths) == .gguf(["model.gguf"]))
    }

    @Test(arguments: [
        (["tokenizer.model", "vocab.json", "merges.txt"], ["tokenizer.model"]),
        (["vocab.json", "merges.txt"], ["vocab.json", "merges.txt"]),
        (["tekken.json"], ["tekken.json"]),
    ])
    func withoutATokenizerFileTheNextBestIsTaken(_ paths: [String], expected: [String]) throws {
        let choice = try choose("a/b", among: ["config.json", "model.safetensors"] + paths)
        #expect(choice.paths == ["config.json"] + expected + ["model.safetensors"])
    }

    @Test func anIndexNamesTheWeights() throws {
        let paths = ["a.safetensors", "b.safetensors", "c.safetensors", "sub/d.safetensors"]
        func parts(_ index: String) throws -> [String] {
            try ModelFolderFiles.parts(inIndex: Array(index.utf8), among: paths, of: HubModelName("a/b"))
        }
        #expect(
            try parts(#"{"weight_map":{"x":"b.safetensors","y":"a.safetensors","z":"b.safetensors"}}"#)
                == ["a.safetensors", "b.safetensors"])
        for index in [
            #"{"weight_map":{"x":"e.safetensors"}}"#, #"{"weight_map":{"x":"../a.safetensors"}}"#,
            #"{"weight_map":{"x":"sub/d.safetensors"}}"#, #"{"weight_map":{"x":1}}"#, "{}", "[]", "", "{",
        ] {
            #expect(throws: HubError.self, "\(index)") { try parts(index) }
        }
    }
}
