import LayerSkip

extension BatchArguments {
    /// The number of texts to generate at once: the requested one, or else as many as there is memory for.
    ///
    /// - Parameters:
    ///   - count: the number of texts.
    ///   - longestPrompt: the number of tokens of the longest prompt.
    /// - Throws: ``MemoryError`` if there is no memory for the requested one.
    static func width(
        _ requested: Int?, count: Int, longestPrompt: Int, _ options: GenerationOptions, of model: TextModel
    ) throws -> Int {
        let context = options.context ?? model.shape.contextLength
        let positions = min(context, longestPrompt + min(options.maxTokens ?? context, context))
        func check(_ width: Int) throws {
            try MemoryBudget.check(width * model.cacheByteCount(positions: positions, options), for: "caches")
        }
        if let requested {
            try check(min(requested, count))
            return requested
        }
        var width = max(1, min(standardTexts, count))
        while width > 1, (try? check(width)) == nil { width /= 2 }
        return width
    }
}
