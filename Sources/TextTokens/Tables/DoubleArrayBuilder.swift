/// Places the nodes of a trie in one array, so that the children of different nodes fill each other's gaps.
struct DoubleArrayBuilder {
    private var units: [UInt32] = []
    /// Whether a node's children are at a position combined with their bytes. Two nodes never share such a position,
    /// because a unit states its byte but not its parent.
    private var isTaken: [Bool] = []
    /// A circular list of free positions in the last blocks; nodes without room there get a new block.
    private var next: [Int32] = []
    private var previous: [Int32] = []
    private var firstFree = -1

    private static let blockSize = 256
    private static let openBlocks = 16
    /// A free unit. Its byte is none, so that no lookup takes it for a child.
    private static let free: UInt32 = 0x8000_0000

    /// A node to place: the keys that begin with the bytes to it.
    private struct Pending {
        var keys: Range<Int>
        var depth: Int
        var position: Int
    }

    /// Builds a trie of keys without zero bytes, each with a value from 0. Of equal keys, the highest value counts.
    static func trie(_ keys: [(key: ArraySlice<UInt8>, value: Int)]) -> DoubleArrayTrie {
        let sorted = sorted(keys.filter { !$0.key.isEmpty })
        guard !sorted.isEmpty else { return DoubleArrayTrie(units: []) }
        var builder = DoubleArrayBuilder()
        builder.addBlock()
        builder.take(0)
        builder.units[0] = 0
        builder.isTaken[0] = true
        var pending = [Pending(keys: sorted.indices, depth: 0, position: 0)]
        while let node = pending.popLast() { builder.place(node, sorted, &pending) }
        return DoubleArrayTrie(units: builder.units)
    }

    /// The keys in order. Most comparisons are of the first eight bytes as a number.
    private static func sorted(
        _ keys: [(key: ArraySlice<UInt8>, value: Int)]
    ) -> [(key: ArraySlice<UInt8>, value: Int)] {
        let heads = keys.map { entry in (0..<8).reduce(0 as UInt64) { $0 << 8 | UInt64(byte(entry.key, $1)) } }
        let order = keys.indices.sorted {
            heads[$0] != heads[$1] ? heads[$0] < heads[$1] : keys[$0].key.lexicographicallyPrecedes(keys[$1].key)
        }
        return order.map { keys[$0] }
    }

    private mutating func place(
        _ node: Pending, _ keys: [(key: ArraySlice<UInt8>, value: Int)], _ pending: inout [Pending]
    ) {
        var children: [(byte: UInt8, keys: Range<Int>)] = []
        var start = node.keys.lowerBound
        while start < node.keys.upperBound {
            let byte = Self.byte(keys[start].key, node.depth)
            var end = start + 1
            while end < node.keys.upperBound, Self.byte(keys[end].key, node.depth) == byte { end += 1 }
            children.append((byte, start..<end))
            start = end
        }
        let base = base(for: children.map(\.byte), from: node.position)
        isTaken[base] = true
        let offset = UInt32(node.position ^ base)
        units[node.position] |= offset < 1 << 21 ? offset << 10 : offset << 2 | 0x200
        for child in children {
            let position = base ^ Int(child.byte)
            take(position)
            if child.byte == 0 {
                units[node.position] |= 0x100
                units[position] = Self.free | UInt32(keys[child.keys].map(\.value).max() ?? 0)
            } else {
                units[position] = UInt32(child.byte)
                pending.append(Pending(keys: child.keys, depth: node.depth + 1, position: position))
            }
        }
    }

    /// The byte of a key at a depth; 0 after its end.
    private static func byte(_ key: ArraySlice<UInt8>, _ depth: Int) -> UInt8 {
        depth < key.count ? key[key.startIndex + depth] : 0
    }

    /// A position that, combined with each of the bytes, gives a free one, and that a unit can state.
    private mutating func base(for bytes: [UInt8], from position: Int) -> Int {
        var free = firstFree
        while free >= 0 {
            let base = free ^ Int(bytes[0])
            let offset = position ^ base
            if !isTaken[base], offset < 1 << 21 || offset & 0xFF == 0,
                bytes.dropFirst().allSatisfy({ next[base ^ Int($0)] >= 0 })
            {
                return base
            }
            free = Int(next[free])
            if free == firstFree { break }
        }
        let start = units.count
        addBlock()
        return start | position & 0xFF
    }

    private mutating func addBlock() {
        let start = units.count
        units += [UInt32](repeating: Self.free, count: Self.blockSize)
        isTaken += [Bool](repeating: false, count: Self.blockSize)
        next += [Int32](repeating: -1, count: Self.blockSize)
        previous += [Int32](repeating: -1, count: Self.blockSize)
        for position in start..<start + Self.blockSize { release(position) }
        let closed = start - Self.openBlocks * Self.blockSize
        guard closed >= 0 else { return }
        for position in closed..<closed + Self.blockSize where next[position] >= 0 { take(position) }
    }

    /// Adds a position to the end of the list of free ones.
    private mutating func release(_ position: Int) {
        if firstFree < 0 {
            firstFree = position
            next[position] = Int32(position)
            previous[position] = Int32(position)
            return
        }
        let last = Int(previous[firstFree])
        next[last] = Int32(position)
        previous[position] = Int32(last)
        next[position] = Int32(firstFree)
        previous[firstFree] = Int32(position)
    }

    /// Removes a position from the list of free ones.
    private mutating func take(_ position: Int) {
        let (before, after) = (Int(previous[position]), Int(next[position]))
        next[before] = Int32(after)
        previous[after] = Int32(before)
        if firstFree == position { firstFree = after == position ? -1 : after }
        next[position] = -1
    }
}
