/// The merging of a word too long to be scanned for every merge: a linked list of symbols, and a heap of mergeable
/// pairs.
///
/// For a million equal letters it takes n log n steps, where scanning would take n squared.
struct LongWord {
    private let pairs: PairTable
    private var symbols: [Int32]
    private var next: [Int32]
    private var previous: [Int32]
    private var heap = MinimumHeap<UInt64>()

    /// Marks a symbol that has been merged into its left neighbour.
    private static let gone: Int32 = -2

    init(_ symbols: [Int32], _ pairs: PairTable) {
        self.symbols = symbols
        self.pairs = pairs
        next = symbols.indices.map { Int32(truncatingIfNeeded: $0 + 1) }
        previous = symbols.indices.map { Int32(truncatingIfNeeded: $0 - 1) }
        next[symbols.count - 1] = -1
    }

    /// Merges until no pair is left, and returns the remaining symbols, each with the index of its first original
    /// symbol.
    consuming func merged() -> [(index: Int, symbol: Int32)] {
        for index in symbols.indices { push(index) }
        while let least = heap.popLeast() {
            // An entry is a rank and the left symbol's index. It is stale if either symbol has changed since; the pair
            // that is there now then has its own entry.
            let left = Int(least & 0xFFFF_FFFF)
            guard symbols[left] != Self.gone, next[left] >= 0 else { continue }
            let right = Int(next[left])
            let entry = pairs.find(symbols[left], symbols[right])
            guard entry.rank == UInt32(least >> 32) else { continue }
            symbols[left] = entry.merged
            symbols[right] = Self.gone
            next[left] = next[right]
            if next[right] >= 0 { previous[Int(next[right])] = Int32(left) }
            push(left)
            if previous[left] >= 0 { push(Int(previous[left])) }
        }
        return symbols.indices.filter { symbols[$0] != Self.gone }.map { ($0, symbols[$0]) }
    }

    private mutating func push(_ left: Int) {
        guard next[left] >= 0 else { return }
        let rank = pairs.find(symbols[left], symbols[Int(next[left])]).rank
        if rank != PairTable.absent { heap.push(UInt64(rank) << 32 | UInt64(left)) }
    }
}
