/// How many rows of a prompt are run at once, unless asked otherwise: with 256, a weight is read from memory seldom
/// enough.
public let prefillChunk = 256

extension LanguageModel {
    /// Runs tokens for the sake of later ones: in chunks, of which the last layer only stores keys and values.
    ///
    /// - Parameters:
    ///   - layerCount: how many layers run.
    ///   - shouldContinue: is asked before each chunk.
    /// - Returns: false if `shouldContinue` said no.
    package func read(
        _ tokens: Span<Token>, layerCount: Int, chunk: Int = prefillChunk, into cache: inout KVCache,
        shouldContinue: () -> Bool = { true }
    ) -> Bool {
        var start = 0
        while start < tokens.count {
            guard shouldContinue() else { return false }
            let end = min(start + max(1, chunk), tokens.count)
            let hidden = run(0..<layerCount - 1, embed(tokens.extracting(start..<end)), &cache)
            storeKeysAndValues(layerCount - 1, hidden, &cache)
            start = end
        }
        return true
    }
}
