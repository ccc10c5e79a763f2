import LanguageModels
import TensorCore

/// All results of running some tokens, for comparing them bit by bit.
struct Trace: Equatable {
    /// Logits of each row as bit patterns, so that -0 differs from 0 and NaN equals itself.
    private(set) var logits: [ArraySlice<UInt32>] = []
    /// Keys and values of each position, in all layers.
    private(set) var cache: [[UInt32]] = []

    /// The number of rows so far.
    var count: Int { logits.count }

    mutating func append(_ rows: Tensor) {
        let bits = Self.bits(rows.values)
        logits += (0..<rows.rows).map { bits[$0 * rows.columns..<($0 + 1) * rows.columns] }
    }

    mutating func append(_ other: borrowing KVCache, layers: Int) {
        for position in 0..<other.length {
            cache.append((0..<layers).flatMap { Self.bits(other.keysAndValues(layer: $0, position: position)) })
        }
    }

    /// Whether a longer trace begins with this one.
    func isPrefix(of other: Trace) -> Bool {
        logits == Array(other.logits.prefix(count)) && cache == Array(other.cache.prefix(cache.count))
    }

    private static func bits(_ values: [Float]) -> [UInt32] {
        values.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    }
}
