/// A map from two symbols to their merge: its rank and the resulting symbol.
///
/// Merging is bound by this lookup, so it uses open addressing in one array: two numbers hash in one multiplication,
/// whereas strings would have to be built and compared.
struct PairTable: Sendable {
    struct Entry: Sendable {
        /// Both symbols; all ones in an empty slot, which is also the key of two symbols that never merge.
        fileprivate var key: UInt64
        /// The lowest rank merges first; `absent` if the pair does not merge.
        var rank: UInt32
        var merged: Int32
    }

    /// The rank of pairs that do not merge.
    static let absent = UInt32.max

    private var entries: [Entry]
    private var count = 0
    private var shift: UInt64

    private static let empty = Entry(key: .max, rank: absent, merged: -1)

    init(minimumCapacity: Int) {
        var size = 16
        while size * 2 < minimumCapacity * 3 { size *= 2 }
        entries = Array(repeating: Self.empty, count: size)
        shift = UInt64(64 - size.trailingZeroBitCount)
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    @inline(__always)
    private func place(_ key: UInt64) -> Int {
        // Multiplying by the golden ratio spreads neighbouring numbers; the high bits are well mixed.
        var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while entries[place].key != key, entries[place].key != .max {
            place = (place + 1) & (entries.count - 1)
        }
        return place
    }

    /// The merge of two symbols; its rank is `absent` if they do not merge.
    @inline(__always)
    func find(_ left: Int32, _ right: Int32) -> Entry {
        entries[place(Self.key(left, right))]
    }

    /// Adds the merge of two symbols. If there is one, it stays, unless `replacing` is true. Negative symbols never
    /// merge.
    mutating func insert(_ left: Int32, _ right: Int32, rank: UInt32, merged: Int32, replacing: Bool = false) {
        guard left >= 0, right >= 0 else { return }
        if (count + 1) * 4 > entries.count * 3 { grow() }
        let key = Self.key(left, right)
        let place = place(key)
        let isNew = entries[place].key == .max
        if isNew || replacing { entries[place] = Entry(key: key, rank: rank, merged: merged) }
        if isNew { count += 1 }
    }

    private mutating func grow() {
        let old = entries
        entries = Array(repeating: Self.empty, count: old.count * 2)
        shift -= 1
        for entry in old where entry.key != .max {
            entries[place(entry.key)] = entry
        }
    }
}
