import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

/// Ids without a token, and settings that transformers 5.24 ignores, do no harm.
extension FolderTextTests {
    @Test func endsAboveTheModelsRowsAreSaidAndIgnored() throws {
        let path = try folder(
            configuration: #""eos_token_id":[2,99999999999]"#, generation: #""eos_token_id":[40,320,-1]"#)
        let tokenizer = try Tokenizer(ofFile: path)
        #expect(tokenizer.endOfTextTokens == [0, 2, 40])
        #expect(
            tokenizer.notes == [
                "eos_token_id 99999999999 in config.json is not a token of the model and is ignored",
                "eos_token_id 320 in generation_config.json is not a token of the model and is ignored",
                "eos_token_id -1 in generation_config.json is not a token of the model and is ignored",
            ])
    }

    /// The model has more rows than the vocabulary has tokens, and may generate their ids.
    @Test func rowsWithoutTokensMayEndATextToo() throws {
        let path = try folder(generation: #""eos_token_id":[319]"#)
        var definition = try TokenizerDefinition(ofFile: path)
        definition.tokens.removeLast(10)
        definition.kinds?.removeLast(10)
        try definition.write(to: path + "/tokenizer.json")
        let tokenizer = try Tokenizer(ofFile: path)
        #expect(tokenizer.vocabularySize == 310)
        #expect(tokenizer.endOfTextTokens.contains(319) && tokenizer.notes == [])
        #expect(tokenizer.bytes(of: 319) == [] && tokenizer.decode([319]) == "")
        let copy = files.file("copy.gguf")
        #expect(try CheckpointExport(path: path, to: .gguf).write(to: copy))
        #expect(try Tokenizer(ofFile: copy).endOfTextTokens.contains(319))
    }

    @Test(arguments: ["[2]", "9e30", "2.5", "\"2\"", "-1", "320"]) func whatNothingReadsIsNoError(value: String) throws
    {
        let path = try folder(
            configuration: "\"pad_token_id\":\(value),\"bos_token_id\":\(value)",
            generation: "\"pad_token_id\":\(value),\"bos_token_id\":\(value)", tokenizer: #""pad_token":null"#)
        let tokenizer = try Tokenizer(ofFile: path)
        #expect(try tokenizer.encode("a") == [Int32(TinyTokenizer.token(byte: 0x61))])
        #expect(tokenizer.notes.contains { $0.hasPrefix("pad_token_id") && $0.hasSuffix("is ignored") })
    }

    @Test(arguments: [GGUFValue.float32(9e30), .int32(-1), .array(.int32s([2]))])
    func norInAGGUFFile(value: GGUFValue) throws {
        let key = "tokenizer.ggml.padding_token_id"
        var writer = TinyLlamaFile().writer()
        writer.metadata[key] = value
        try writer.write(to: files.file("model.gguf"))
        let notes = try Tokenizer(ofFile: files.file("model.gguf")).notes
        #expect(notes.count == 1 && notes[0].hasPrefix(key))
    }
}
