import LanguageModels
import Synchronization
import TensorCore
import TestSupport

/// A model that counts the rows that it receives.
struct CountingModel<Model: LanguageModel>: WrappedModel {
    /// Rows so far.
    struct Counts: Equatable {
        var embedded = 0
        var head = 0
        var blocks: [Int]
        /// Rows of which the exit block only stored keys and values.
        var stored = 0
    }

    let model: Model
    private let counter: Counter

    private final class Counter: Sendable {
        let counts: Mutex<Counts>
        init(layerCount: Int) { counts = Mutex(Counts(blocks: Array(repeating: 0, count: layerCount))) }
    }

    init(_ model: Model) {
        self.model = model
        counter = Counter(layerCount: model.cacheLayerCount)
    }

    var exitBlock: Int? { model.exitBlock }

    var counts: Counts { counter.counts.withLock { $0 } }

    func embed(_ tokens: Span<Token>) -> Tensor {
        let count = tokens.count
        counter.counts.withLock { $0.embedded += count }
        return model.embed(tokens)
    }

    func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        counter.counts.withLock { $0.blocks[index] += x.rows }
        return model.block(index, x, &memory)
    }

    func storeKeysAndValues(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) {
        counter.counts.withLock { counts in
            if index == layerCount { counts.stored += x.rows } else { counts.blocks[index] += x.rows }
        }
        model.storeKeysAndValues(index, x, &memory)
    }

    func logits(_ x: Tensor) -> Tensor {
        counter.counts.withLock { $0.head += x.rows }
        return model.logits(x)
    }
}
