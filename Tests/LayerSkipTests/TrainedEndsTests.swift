import CheckpointFiles
import LayerSkip
import ModelTraining
import TestSupport
import Testing

/// A run's model folders list the tokens that ended its documents. Otherwise other programs would not stop generating.
struct TrainedEndsTests {
    private let files = TemporaryFolder()

    private func shard(_ name: String, endOfText: Token, _ tokenizer: TokenizerDefinition) throws -> String {
        var writer = try TokenShardWriter(
            path: files.file(name), vocabularySize: tokenizer.tokens.count, endOfText: endOfText,
            tokenizerFingerprint: tokenizer.fingerprint)
        for document in 0..<4 { try writer.append((0..<30).map { Token(3 + ($0 * (document + 1)) % 60) }) }
        try writer.commit()
        return files.file(name)
    }

    @Test func endsOfDocumentsJoinTheModelsOwn() throws {
        let model = files.file("model.gguf")
        try TinyLlamaFile().write(to: model)
        let tokenizer = try TokenizerDefinition(ofFile: model)
        for (name, ends, expected) in [
            ("own", [2], "2"), ("other", [0], "[2,0]"), ("several", [0, 2, 0, 7], "[2,0,7]"),
        ] as [(String, [Token], String)] {
            var recipe = TrainingRecipe()
            recipe.output = files.file(name)
            recipe.steps = 1
            recipe.threads = 1
            recipe.model.start = .path(model)
            recipe.batch.sequences = 1
            recipe.batch.length = 16
            recipe.data.training = try ends.enumerated().map {
                try shard("\(name)-\($0).tokens", endOfText: $1, tokenizer)
            }
            recipe.validation.every = 0
            _ = try TrainingSession(recipe).run()
            let folder = "\(recipe.output)/newest"
            for file in ["config.json", "generation_config.json"] {
                let found = try JSONMembers(file: "\(folder)/\(file)")["eos_token_id"]?.filter { !$0.isWhitespace }
                #expect(found == expected, "\(name): \(file)")
            }
            #expect(try Tokenizer(ofFile: folder).endOfText == 2)
        }
    }
}
