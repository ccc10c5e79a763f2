import LanguageModels
import Synchronization
import TensorCore

/// A model for tests, whose logits are a fixed pseudo-random function of the preceding tokens and their order.
///
/// A hidden row has two columns. The first mixes the whole text through attention in the first layer; logits mostly
/// depend on it, so early exits often agree with the last layer. Each later layer changes the second, which moves
/// logits by up to `disagreement`. Computed logits are cached, so that a hundred thousand texts take little time.
struct MockModel: LanguageModel {
    let layerCount: Int
    let vocabularySize: Int
    let contextLength: Int
    let attention = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 2)
    let weightByteCount = 0
    let compute: ComputeContext
    private let spread: Double
    private let disagreement: Double
    private let seed: UInt64
    private var damage: [Row: Float] = [:]
    private let known = KnownLogits()
    private let oneConstant = Tensor([1.25, 1.25], rows: 1, columns: 2)
    // A frequency that makes attention depend on distance, and so the mixture on order.
    private let rotary = RotaryEmbedding(pairing: .interleaved, frequencies: [0.9])

    private final class KnownLogits: Sendable {
        let rows = Mutex<[Row: Tensor]>([:])
    }

    /// A hidden row's bits.
    private struct Row: Hashable {
        let text: UInt32
        let change: UInt32
    }

    init(
        layerCount: Int = 3, vocabularySize: Int = 10, contextLength: Int = 64, spread: Double = 3,
        disagreement: Double = 1, seed: UInt64 = 1
    ) throws {
        self.layerCount = layerCount
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.spread = spread
        self.disagreement = disagreement
        self.seed = seed
        compute = try ComputeContext(threads: 1)
    }

    func embed(_ tokens: Span<Token>) -> Tensor {
        let random = CounterRandom(seed: seed)
        var values: [Float] = []
        for index in tokens.indices { values += [Float(random.uniform(UInt64(tokens[index]))), 0] }
        return Tensor(values, rows: tokens.count, columns: 2)
    }

    func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        let constant = x.rows == 1 ? oneConstant : compute.stacked(Array(repeating: oneConstant, count: x.rows))
        let mixed = memory.attend(
            layer: index, queries: constant, keys: constant, values: x, rule: PositionRule(rotary))
        var values: [Float] = []
        values.reserveCapacity(2 * x.rows)
        for row in 0..<x.rows {
            let mixture = mixed.withRow(row) { $0[0] }
            let (text, change) = x.withRow(row) { ($0[0], $0[1]) }
            values.append(index == 0 ? mixture : text)
            values.append(index == 0 ? 0 : change + mixture + Float(index))
        }
        return Tensor(values, rows: x.rows, columns: 2)
    }

    func logits(_ x: Tensor) -> Tensor {
        compute.stacked(
            (0..<x.rows).map { row in
                logits(x.withRow(row) { Row(text: $0[0].bitPattern, change: $0[1].bitPattern) })
            })
    }

    private func logits(_ row: Row) -> Tensor {
        known.rows.withLock { rows in
            if let logits = rows[row] { return logits }
            let text = CounterRandom(seed: seed, UInt64(row.text))
            let change = CounterRandom(seed: seed, UInt64(row.text), UInt64(row.change))
            let isChanged = row.change != 0
            var values = (0..<UInt64(vocabularySize)).map { id in
                Float(
                    spread * (2 * text.uniform(id) - 1)
                        + (isChanged ? disagreement * (2 * change.uniform(id) - 1) : 0))
            }
            if let value = damage[row] { values[vocabularySize / 2] = value }
            let logits = Tensor(values, rows: 1, columns: vocabularySize)
            rows[row] = logits
            return logits
        }
    }
}

extension MockModel {
    /// The same model with one logit replaced by `value`: the one after `tokens`, at the exit after `layers` layers.
    func damaged(after tokens: [Token], layers: Int, value: Float) throws -> MockModel {
        var copy = try MockModel(
            layerCount: layerCount, vocabularySize: vocabularySize, contextLength: contextLength, spread: spread,
            disagreement: disagreement, seed: seed)
        let row = hiddenRow(after: tokens, layers: layers).values
        copy.damage = damage
        copy.damage[Row(text: row[0].bitPattern, change: row[1].bitPattern)] = value
        return copy
    }
}

extension LanguageModel {
    /// The last row of a new pass over all tokens through the first `layers` layers.
    func hiddenRow(after tokens: [Token], layers: Int) -> Tensor {
        var cache = KVCache(for: self)
        let x = run(0..<layers, embed(tokens), &cache)
        return x[rows: x.rows - 1..<x.rows]
    }

    /// The full model's logits after `tokens`, from a new pass over all of them.
    func logits(after tokens: [Token]) -> [Float] { logits(hiddenRow(after: tokens, layers: layerCount)).values }
}
