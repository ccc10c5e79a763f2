import LayerSkip
import TensorCore
import TestSupport

/// The logits of a whole text from one forward pass, without rounds and drafts.
struct OnePass {
    private let promptCount: Int
    private let text: [Token]
    private let logits: Tensor
    private let compute: ComputeContext

    /// Runs prompt and text, in which each row attends to those before it.
    init(_ model: LoadedModel, _ cacheFormat: CacheFormat, _ tokens: [Token], promptCount: Int) {
        var cache = KVCache(for: model, format: cacheFormat)
        let rows = model.run(0..<model.layerCount, model.embed(tokens.dropLast()), &cache)
        logits = model.logits(rows[rows: promptCount - 1..<tokens.count - 1])
        text = Array(tokens[promptCount...])
        compute = model.compute
        self.promptCount = promptCount
    }

    /// Throws unless the logits of each token are equal to these.
    func check(_ hashes: [UInt64]) throws(Difference) {
        let expected = text.indices.map { logits.bitHash(row: $0) }
        try Difference.check(
            "logits, compared with one pass over the text", tokens: text[...], hashes: hashes[...],
            areThoseOf: (text[...], expected[...]))
    }

    /// Throws if sampling cannot have chosen a token. Skips settings with a repetition penalty, which depends on
    /// earlier tokens.
    func checkSupport(_ sampling: Sampling) throws {
        guard sampling.repetitionPenalty == 1 else { return }
        var sampler = try Sampler(sampling, acceptance: .rejection, vocabularySize: logits.columns)
        for (row, token) in text.enumerated() {
            let distribution = try sampler.distribution(
                logits, row: row, position: promptCount + row, after: [], on: compute)
            let share =
                switch distribution {
                case .oneHot(let certain): certain == token ? 1.0 : 0
                case .probabilities(let probabilities): probabilities[Int(token)]
                }
            try Difference.require(
                share > 0, "token \(row) of a text by rejection sampling", expected: "a token that may be chosen",
                found: "\(token), whose probability is 0")
        }
    }
}
