/// A trie over bytes in one array of 32-bit units, in Darts-clone's format: a lookup reads one unit per
/// byte.
///
/// A unit holds the byte that leads to it, whether a key ends there, and a number that, combined by exclusive or with
/// the unit's position and the next byte, is the position of the next unit. A key's value is in the unit for byte 0, so
/// keys cannot contain that byte.
struct DoubleArrayTrie: Sendable {
    private(set) var units: [UInt32]

    /// Units that were made by ``DoubleArrayBuilder``, or are from a file. Lookups tolerate any units.
    init(units: [UInt32]) { self.units = units }

    /// A place in the trie.
    struct Node {
        fileprivate var position = 0
        fileprivate var unit: UInt32
    }

    /// The place before the first byte; nil if there are no units.
    var root: Node? { units.first.map { Node(position: 0, unit: $0) } }

    /// Moves to the next byte. Returns false if no key continues with it.
    @inline(__always)
    func advance(_ node: inout Node, by byte: UInt8) -> Bool {
        let position = node.position ^ Self.offset(node.unit) ^ Int(byte)
        guard position < units.count, units[position] & 0x8000_00FF == UInt32(byte) else { return false }
        node = Node(position: position, unit: units[position])
        return true
    }

    /// The value of the key that ends at a place; nil if none does.
    @inline(__always)
    func value(at node: Node) -> Int? {
        guard node.unit & 0x100 != 0 else { return nil }
        let position = node.position ^ Self.offset(node.unit)
        return position < units.count ? Int(units[position] & 0x7FFF_FFFF) : nil
    }

    @inline(__always)
    private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }
}

extension DoubleArrayTrie {
    /// Whether a key starts with a byte.
    func hasKeys(startingWith byte: UInt8) -> Bool {
        guard var node = root else { return false }
        return advance(&node, by: byte)
    }

    /// The longest key that starts at a position of a text: its length and value.
    func longestMatch(in text: Span<UInt8>, from start: Int) -> (length: Int, value: Int)? {
        guard var node = root else { return nil }
        var longest: (length: Int, value: Int)?
        var end = start
        while end < text.count, advance(&node, by: text[end]) {
            end += 1
            if let value = value(at: node) { longest = (end - start, value) }
        }
        return longest
    }

    /// The place and value of the first unit whose key has no value, or a value that is refused; nil if all are right.
    func firstInvalidUnit(where isValid: (Int) -> Bool) -> Int? {
        units.indices.first { index in
            let unit = units[index]
            guard unit & 0x8000_0100 == 0x100 else { return false }
            guard let value = value(at: Node(position: index, unit: unit)) else { return true }
            return !isValid(value)
        }
    }
}
