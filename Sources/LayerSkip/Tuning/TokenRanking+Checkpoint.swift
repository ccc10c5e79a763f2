import CheckpointFiles
import LanguageModels

/// A GGUF file stores the written tokens as `layerskip.draft_vocabulary`; other programs ignore this key.
extension TokenRanking {
    private static let key = "layerskip.draft_vocabulary"

    /// Reads the written tokens of a GGUF file, the most frequent first; returns nil if it has none.
    ///
    /// - Throws: if they are not different tokens of the model.
    static func written(in metadata: GGUFMetadata, size: Int) throws(CheckpointError) -> [Token]? {
        guard let ids = try metadata.integersIfPresent(named: key) else { return nil }
        let tokens = ids.map { Token(clamping: $0) }
        try check(tokens, size: size) { metadata.failure(key, expected: $0, found: $1) }
        return tokens
    }

    /// Stores written tokens in a GGUF file.
    static func write(_ written: [Token], to metadata: inout GGUFMetadata) {
        metadata[key] = .array(.int32s(written))
    }

    /// Throws unless tokens are different ones of a model, at least one.
    ///
    /// - Parameter failure: makes an error of what was expected and what was found.
    static func check(
        _ written: [Token], size: Int, failure: (_ expected: String, _ found: String) -> CheckpointError
    ) throws(CheckpointError) {
        let tokens = 0..<Token(clamping: size)
        if let other = written.first(where: { !tokens.contains($0) }) {
            throw failure("tokens in \(tokens)", "\(other)")
        }
        guard !written.isEmpty else { throw failure("at least one token", "none") }
        guard Set(written).count == written.count else { throw failure("each token once", "one of them twice") }
    }
}
