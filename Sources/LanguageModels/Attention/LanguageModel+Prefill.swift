/// The default number of prompt rows per pass. With 256 rows, reading the weights from memory takes little of the time.
package let prefillChunk = 256

extension LanguageModel {
    /// Reads tokens into a cache, in chunks. The last layer only stores keys and values, and so does an exit
    /// block.
    ///
    /// - Parameters:
    ///   - layerCount: the number of layers to run.
    ///   - shouldContinue: called before each chunk; false stops.
    /// - Returns: false if `shouldContinue` returned false.
    package func read(
        _ tokens: Span<Token>, layerCount: Int, chunk: Int = prefillChunk, into cache: inout KVCache,
        shouldContinue: () -> Bool = { true }
    ) -> Bool {
        var start = 0
        while start < tokens.count {
            guard shouldContinue() else { return false }
            let end = min(start + max(1, chunk), tokens.count)
            // An exit block after the last of these layers needs that layer's output.
            let isBeforeBlock = exitBlock == layerCount
            let layers = 0..<(isBeforeBlock ? layerCount : layerCount - 1)
            let hidden = pass(layers, embed(tokens.extracting(start..<end)), &cache)
            if !isBeforeBlock { storeKeysAndValues(layerCount - 1, hidden, &cache) }
            start = end
        }
        return true
    }
}
