package import TensorCore

/// Computes how likely continuations of texts are at several exits of a model, in one pass over each continuation.
///
/// Texts that begin alike share the cache of their beginning, so a context is read once for all of its continuations.
package struct ContinuationScorer<Model: LanguageModel>: ~Copyable {
    /// A text of which the end is scored.
    package struct Scored: Sendable {
        /// The text's tokens.
        package let tokens: [Token]
        /// The index of the first token that is scored, at least 1.
        package let start: Int

        /// Creates a text.
        package init(tokens: [Token], start: Int) {
            precondition(start >= 1 && start < tokens.count, "something is scored, after something")
            self.tokens = tokens
            self.start = start
        }
    }

    /// The exits, ascending.
    package let exits: [Int]
    private let model: Model
    private let format: CacheFormat
    private let pages = CachePagePool()
    private var cache: KVCache
    /// The context that the cache was created for.
    private var context: Int?
    /// The tokens that are in the cache.
    private var cached: [Token] = []

    /// - Parameter exits: numbers of layers in 1...L.
    package init(_ model: Model, exits: [Int], cacheFormat: CacheFormat = .standard) {
        precondition(!exits.isEmpty && exits.allSatisfy { (1...model.layerCount).contains($0) }, "exits of the model")
        self.model = model
        self.exits = Set(exits).sorted()
        format = cacheFormat
        cache = KVCache(for: model, layerCount: self.exits.last, format: cacheFormat, pool: pages)
    }

    /// The losses of each text's scored tokens together, in nats, by exit: one list for each text.
    ///
    /// - Parameters:
    ///   - texts: texts with known ids, each at most the model's context plus one token.
    ///   - context: the context whose rotation is used; nil for the model's.
    ///   - shouldContinue: called before each pass.
    /// - Returns: nil if `shouldContinue` returned false.
    /// - Throws: the lowest exit whose logits are not finite.
    package mutating func losses(
        of texts: [Scored], context: Int? = nil, shouldContinue: () -> Bool = { true }
    ) throws(ExitEvaluation.NotFinite) -> [[Double]]? {
        if context != self.context {
            cache = KVCache(for: model, layerCount: exits.last, format: format, context: context, pool: pages)
            cached = []
            self.context = context
        }
        // For each exit, the rows that predict the scored tokens.
        var outputs = [[Tensor]](repeating: [], count: exits.count)
        for text in texts {
            guard read(text, shouldContinue) else { return nil }
            for rows in stride(from: text.start, to: text.tokens.count, by: Self.rowsAtOnce) {
                guard shouldContinue() else { return nil }
                let end = min(rows + Self.rowsAtOnce, text.tokens.count)
                var x = model.embed(Array(text.tokens[rows - 1..<end - 1]))
                var layer = 0
                for (index, exit) in exits.enumerated() {
                    let rows = model.runToExit(layer..<exit, x, &cache)
                    outputs[index].append(rows.output)
                    (x, layer) = (rows.hidden, exit)
                }
            }
            cached = Array(text.tokens.dropLast())
        }
        var sums = [[Double]](repeating: [Double](repeating: 0, count: exits.count), count: texts.count)
        for (index, exit) in exits.enumerated() {
            let losses = try losses(model.compute.stacked(outputs[index]), texts, exit: exit)
            for (text, loss) in losses.enumerated() { sums[text][index] = loss }
        }
        return sums
    }

    /// Reads a text up to what is scored, from where it differs from the cache. Returns false if `shouldContinue` did.
    private mutating func read(_ text: Scored, _ shouldContinue: () -> Bool) -> Bool {
        let context = text.tokens[..<(text.start - 1)]
        let common = zip(cached, context).prefix { $0 == $1 }.count
        cache.truncate(to: common)
        cached = Array(context[..<common])
        let rest = Array(context[common...])
        let layerCount = exits[exits.count - 1]
        guard model.read(rest.span, layerCount: layerCount, into: &cache, shouldContinue: shouldContinue) else {
            cache.truncate(to: common)
            return false
        }
        cached = Array(context)
        return true
    }

    /// The loss of each text at an exit.
    private func losses(
        _ output: Tensor, _ texts: [Scored], exit: Int
    ) throws(ExitEvaluation.NotFinite) -> [Double] {
        let targets = texts.flatMap { $0.tokens[$0.start...] }
        var losses: [Double] = []
        for start in stride(from: 0, to: targets.count, by: Self.rowsAtOnce) {
            let range = start..<min(start + Self.rowsAtOnce, targets.count)
            losses += model.compute.crossEntropy(model.logits(output[rows: range]), targets: Array(targets[range]))
        }
        guard losses.allSatisfy(\.isFinite) else { throw ExitEvaluation.NotFinite(exit: exit) }
        var next = 0
        return texts.map { text in
            let range = next..<next + text.tokens.count - text.start
            next = range.upperBound
            return losses[range].reduce(0, +)
        }
    }

    /// Rows of a pass: the logits of more would take much memory.
    private static var rowsAtOnce: Int { 64 }
}
