/// Merges the symbols of a word: the pair with the lowest rank first, the leftmost among equals, until no pair is left.
///
/// It reuses its arrays for every word, so that merging allocates nothing.
struct WordMerger {
    /// The word's symbols; after merging, the result.
    private(set) var symbols: [Int32] = []
    /// The byte offset in the word at which each symbol starts.
    private(set) var starts: [Int32] = []
    private var ranks: [UInt32] = []
    private var products: [Int32] = []

    /// The maximum number of symbols for which a scan finds the next pair. Beyond it, a heap keeps the time from
    /// growing with the square of the length.
    static let longestScanned = 96

    mutating func clear() {
        symbols.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func append(_ symbol: Int32, start: Int) {
        symbols.append(symbol)
        starts.append(Int32(truncatingIfNeeded: start))
    }

    mutating func merge(_ pairs: PairTable) {
        if symbols.count > Self.longestScanned {
            let merged = LongWord(symbols, pairs).merged()
            starts = merged.map { starts[$0.index] }
            symbols = merged.map(\.symbol)
        } else if symbols.count > 1 {
            mergeShort(pairs)
        }
    }

    private mutating func mergeShort(_ pairs: PairTable) {
        ranks.removeAll(keepingCapacity: true)
        products.removeAll(keepingCapacity: true)
        for index in 0..<symbols.count - 1 {
            let entry = pairs.find(symbols[index], symbols[index + 1])
            ranks.append(entry.rank)
            products.append(entry.merged)
        }
        while true {
            var best = PairTable.absent
            var place = 0
            for index in ranks.indices where ranks[index] < best {
                best = ranks[index]
                place = index
            }
            if best == PairTable.absent { return }
            symbols[place] = products[place]
            symbols.remove(at: place + 1)
            starts.remove(at: place + 1)
            ranks.remove(at: place)
            products.remove(at: place)
            if place > 0 { update(place - 1, pairs) }
            if place < ranks.count { update(place, pairs) }
        }
    }

    @inline(__always)
    private mutating func update(_ index: Int, _ pairs: PairTable) {
        let entry = pairs.find(symbols[index], symbols[index + 1])
        ranks[index] = entry.rank
        products[index] = entry.merged
    }
}
