import CheckpointFiles
import LanguageModels
import ModelTraining
import TestSupport

/// A document for a test: its tokens without end-of-text, and the length of its prompt.
struct SampleDocument {
    var tokens: [Token]
    var promptLength = 0

    /// Its tokens as stored in a shard.
    var joined: [Token] { tokens + [0] }
}

extension TemporaryFolder {
    /// Writes a shard, and returns its path. The end-of-text token is 0.
    func writeShard(
        _ documents: [SampleDocument], as name: String = "a.tokens", vocabularySize: Int = 1000,
        fingerprint: UInt64 = 0xFEED_FACE_1234_5678
    ) throws -> String {
        let path = file(name)
        var writer = try TokenShardWriter(
            path: path, vocabularySize: vocabularySize, endOfText: 0, tokenizerFingerprint: fingerprint)
        for document in documents { try writer.append(document.tokens, promptLength: document.promptLength) }
        try writer.commit()
        return path
    }
}

/// Documents of 0...12 tokens below the vocabulary's size, a third of them with prompts.
func randomDocuments(count: Int, vocabularySize: Int = 1000, seed: UInt64) -> [SampleDocument] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
        let tokens = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
            Token.random(in: 1..<Token(vocabularySize), using: &generator)
        }
        let hasPrompt = Int.random(in: 0..<3, using: &generator) == 0
        return SampleDocument(
            tokens: tokens, promptLength: hasPrompt ? Int.random(in: 0...tokens.count, using: &generator) : 0)
    }
}

func bytes(of path: String) throws -> [UInt8] {
    let file = try MappedFile(path: path)
    return file.bytes(0..<file.byteCount)
}
