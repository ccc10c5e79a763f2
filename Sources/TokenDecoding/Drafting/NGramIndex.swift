import LanguageModels

/// Where the last few tokens of a text occurred before: for each n-gram of 1 to 8 tokens, the position of the token
/// that followed its latest occurrence.
///
/// The tables hold positions only, and compare n-grams in the text itself, so a position takes four bytes per n.
struct NGramIndex {
    /// A place where the text's last tokens occurred before.
    struct Match {
        /// The position of the token that followed them.
        let next: Int
        /// The number of tokens that are equal before it, at most ``NGramIndex/longestMatch``.
        let length: Int
    }

    private var tables = Array(repeating: Table(), count: longestKey)
    /// All n-grams that end before this position are in the tables.
    private(set) var count = 0

    /// Removes everything.
    mutating func removeAll() {
        for index in tables.indices { tables[index].removeAll() }
        count = 0
    }

    /// Adds the n-grams that end with the token at position ``count``, which has a follower.
    mutating func addNext(_ tokens: [Token]) {
        precondition(count + 1 < tokens.count, "the token has a follower")
        for length in 1...min(Self.longestKey, count + 1) {
            tables[length - 1].insert(count + 1, length: length, in: tokens)
        }
        count += 1
    }

    /// Returns the latest place before which the longest sequence of tokens, up to 8, equals the last ones of
    /// `tokens[..<end]`; nil if even the last one has not occurred before.
    func match(_ tokens: [Token], end: Int) -> Match? {
        for length in stride(from: min(Self.longestKey, end), to: 0, by: -1) {
            guard let next = tables[length - 1].position(ofKeyBefore: end, length: length, in: tokens) else { continue }
            var equal = length
            while equal < Self.longestMatch, equal < next, tokens[next - equal - 1] == tokens[end - equal - 1] {
                equal += 1
            }
            return Match(next: next, length: equal)
        }
        return nil
    }

    private static let longestKey = 8
    static let longestMatch = 32
}

/// A hash table of the n-grams of one length, with linear probing: slots hold the position after an n-gram's latest
/// occurrence, or 0.
private struct Table {
    private var slots: [Int32] = []
    private var used = 0

    mutating func removeAll() {
        for index in slots.indices { slots[index] = 0 }
        used = 0
    }

    /// Sets the position of the n-gram before it.
    mutating func insert(_ position: Int, length: Int, in tokens: [Token]) {
        if 2 * (used + 1) > slots.count { grow(length: length, in: tokens) }
        let slot = slot(ofKeyBefore: position, length: length, in: tokens)
        if slots[slot] == 0 { used += 1 }
        slots[slot] = Int32(position)
    }

    func position(ofKeyBefore end: Int, length: Int, in tokens: [Token]) -> Int? {
        guard !slots.isEmpty else { return nil }
        let position = slots[slot(ofKeyBefore: end, length: length, in: tokens)]
        return position == 0 ? nil : Int(position)
    }

    /// The slot of the n-gram before a position, or a free one.
    private func slot(ofKeyBefore end: Int, length: Int, in tokens: [Token]) -> Int {
        var hash: UInt64 = 0
        for index in end - length..<end {
            // An odd constant close to 2^64 divided by the golden ratio spreads ids over all bits.
            hash = (hash ^ UInt64(UInt32(bitPattern: tokens[index]))) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let other = Int(slots[slot])
            var equal = 0
            while equal < length, tokens[other - 1 - equal] == tokens[end - 1 - equal] { equal += 1 }
            if equal == length { return slot }
            slot = (slot + 1) & mask
        }
        return slot
    }

    /// Room for 512 n-grams.
    private static let leastSlots = 1024

    private mutating func grow(length: Int, in tokens: [Token]) {
        let old = slots
        slots = Array(repeating: 0, count: max(Self.leastSlots, 2 * old.count))
        for position in old where position != 0 {
            slots[slot(ofKeyBefore: Int(position), length: length, in: tokens)] = position
        }
    }
}
