package import TensorCore

/// A text divided into independent windows, of which all tokens but the first are scored.
package struct EvaluationWindows {
    private let opening: [Token]
    private let text: [Token]
    private let window: Int
    private let cacheFormat: CacheFormat

    /// Tokens of a window that are run at once: the logits of a whole window would take more memory than the model.
    static let chunk = 64

    /// - Parameters:
    ///   - beginning: a token to begin each window with, so that all of the text is scored; nil for none.
    ///   - window: tokens per window, at least 2, at most the model's context.
    /// - Throws: ``EvaluationError`` if the window is out of range, or the text is too short or has unknown ids.
    package init(
        of text: [Token], beginning: Token?, window: Int, cacheFormat: CacheFormat, for model: some LanguageModel
    ) throws(EvaluationError) {
        guard (2...max(2, model.contextLength)).contains(window) else {
            throw .invalidWindow(found: window, contextLength: model.contextLength)
        }
        opening = [beginning].compactMap(\.self)
        guard opening.count + text.count >= 2 else { throw .textTooShort(found: text.count) }
        if let unknown = (opening + text).first(where: { $0 < 0 || $0 >= model.vocabularySize }) {
            throw .unknownToken(unknown, vocabularySize: model.vocabularySize)
        }
        self.text = text
        self.window = window
        self.cacheFormat = cacheFormat
    }

    /// Calls `score` with the tokens of each chunk, the tokens that follow them, and the window's cache so far.
    ///
    /// - Parameters:
    ///   - progress: called with the number of the text's tokens that are done; returns whether to continue.
    ///   - score: throws the lowest exit whose logits are not finite.
    /// - Returns: false if `progress` returned false.
    /// - Throws: ``EvaluationError/nonFiniteLogits(exit:position:halfCache:)``.
    package func forEachChunk(
        _ model: some LanguageModel, progress: (Int) -> Bool,
        score: (_ tokens: [Token], _ targets: [Token], inout KVCache) throws(ExitEvaluation.NotFinite) -> Void
    ) throws(EvaluationError) -> Bool {
        let step = window - opening.count
        for start in stride(from: 0, to: opening.count + text.count - 1, by: step) {
            let tokens = opening + text[start..<min(start + step, text.count)]
            var cache = KVCache(for: model, format: cacheFormat, context: min(window, opening.count + text.count))
            for first in stride(from: 0, to: tokens.count - 1, by: Self.chunk) {
                guard progress(start + first) else { return false }
                let rows = first..<min(first + Self.chunk, tokens.count - 1)
                let targets = Array(tokens[rows.lowerBound + 1..<rows.upperBound + 1])
                do throws(ExitEvaluation.NotFinite) {
                    try score(Array(tokens[rows]), targets, &cache)
                } catch {
                    throw .nonFiniteLogits(exit: error.exit, position: start + first, halfCache: cache.isNonFiniteHalf)
                }
            }
        }
        _ = progress(text.count)
        return true
    }
}
