import CheckpointFiles
package import LanguageModels
import TensorCore
import TokenDecoding

/// A hash of all that determines an answer: the model's numbers, the prompt's tokens and the options.
///
/// Strategies that write the full model's text have the same hash. Whatever changes the last bits of logits, such as
/// another kernel table, changes the hash.
package struct AnswerHash: Sendable {
    private let model: UInt64
    /// Of the exit block, which only some strategies' texts depend on; nil without one.
    private let exitBlock: UInt64?

    /// Runs a few tokens through a model, which identifies it wherever its files are.
    package init(_ model: TextModel) {
        let tokens = (0..<8).map { Token((7919 * $0 + 1) % model.model.vocabularySize) }
        var cache = KVCache(for: model.model, format: .f32, context: min(tokens.count, model.shape.contextLength))
        let fitting = Array(tokens.prefix(cache.capacity))
        let layers = model.model.layerCount
        let x = model.model.embed(fitting)
        self.model = Self.hash(model.model.logits(model.model.run(0..<layers, x, &cache)))
        var other = KVCache(for: model.model, format: .f32, context: cache.capacity)
        exitBlock = model.model.exitBlock.map { exit in
            Self.hash(model.model.logits(model.model.runToExit(0..<exit, x, &other).output))
        }
    }

    private static func hash(_ logits: Tensor) -> UInt64 {
        var hash = FowlerNollVo()
        for row in 0..<logits.rows { hash.add(logits.bitHash(row: row)) }
        return hash.value
    }

    /// The hash of an answer, in 16 hexadecimal digits.
    package func callAsFunction(_ prompt: [Token], _ options: GenerationOptions) -> String {
        var options = options
        options.recordsRounds = false
        if options.sampling.isGreedy { options.sampling.seed = 0 }
        let isDraftFree = options.acceptance == .coupled || options.sampling.isGreedy
        let isExact = isDraftFree && options.strategy?.isExact != false
        if isExact { options.strategy = nil }
        var hash = FowlerNollVo(JSONText.encode(options, onOneLine: true))
        hash.add(model)
        if !isExact, let exitBlock { hash.add(exitBlock) }
        for token in prompt { hash.add(UInt64(bitPattern: Int64(token))) }
        let digits = String(hash.value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension FowlerNollVo {
    fileprivate mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
    }
}
