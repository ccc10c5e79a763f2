/// Byte strings numbered from 0, stored contiguously, with lookup by content: the pieces of a vocabulary.
struct ByteStringTable: Sendable {
    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// An open-addressing hash table; its size is a power of two, and it is at most half full.
    private var slots: [Slot]

    /// An entry's number (-1 if the slot is empty) and half of its hash, which rejects most other strings without a
    /// comparison.
    private struct Slot {
        var entry: Int32 = -1
        var tag: UInt32 = 0
    }

    init(minimumCapacity: Int) {
        var size = 16
        while size < minimumCapacity * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        ends.reserveCapacity(minimumCapacity)
        bytes.reserveCapacity(minimumCapacity * 8)
    }

    var count: Int { ends.count }

    /// An entry's byte range in ``bytes``.
    func range(of entry: Int) -> Range<Int> {
        (entry == 0 ? 0 : ends[entry - 1])..<ends[entry]
    }

    /// The number of the first findable entry with these bytes, or nil.
    func find(_ key: Span<UInt8>) -> Int32? {
        let entry = slots[place(of: key, hash(key))].entry
        return entry < 0 ? nil : entry
    }

    /// The number of the first findable entry with the bytes of an array's range, or nil.
    func find(_ array: [UInt8], _ range: Range<Int>) -> Int32? {
        find(array.span.extracting(range))
    }

    /// Adds an entry. An entry that is empty, equal to an earlier one, or not `findable` gets a number and keeps its
    /// bytes, but lookups never return it.
    mutating func add(_ key: some Sequence<UInt8>, findable: Bool = true) {
        let start = bytes.count
        bytes.append(contentsOf: key)
        let entry = Int32(ends.count)
        ends.append(bytes.count)
        guard findable, bytes.count > start else { return }
        if ends.count * 2 > slots.count { resize(to: slots.count * 2) }
        index(entry, start..<bytes.count)
    }

    private mutating func index(_ entry: Int32, _ range: Range<Int>) {
        let hash = hash(bytes.span.extracting(range))
        let place = place(of: bytes.span.extracting(range), hash)
        if slots[place].entry < 0 { slots[place] = Slot(entry: entry, tag: UInt32(truncatingIfNeeded: hash >> 32)) }
    }

    private mutating func resize(to size: Int) {
        let old = slots
        slots = Array(repeating: Slot(), count: size)
        // All indexed entries are distinct.
        for slot in old where slot.entry >= 0 { index(slot.entry, range(of: Int(slot.entry))) }
    }

    /// The slot that holds the key's entry, or the empty slot where it belongs.
    private func place(of key: Span<UInt8>, _ hash: UInt64) -> Int {
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place].entry >= 0 {
            if slots[place].tag == tag, equals(range(of: Int(slots[place].entry)), key) { break }
            place = (place + 1) & (slots.count - 1)
        }
        return place
    }

    private func equals(_ range: Range<Int>, _ key: Span<UInt8>) -> Bool {
        guard range.count == key.count else { return false }
        for offset in key.indices where bytes[range.lowerBound + offset] != key[offset] { return false }
        return true
    }
}

extension ByteStringTable {
    /// The number of bytes that ``grow(entries:bytes:)`` allocates; 0 if the capacity suffices.
    func growth(entries: Int, bytes: Int) -> Int {
        let size = size(entries: entries)
        return self.bytes.growth(bytes) + ends.growth(entries)
            + (size > slots.count ? size * MemoryLayout<Slot>.stride : 0)
    }

    /// Reserves capacity for more entries of `bytes` bytes in total, so that adding them allocates nothing.
    mutating func grow(entries: Int, bytes: Int) {
        self.bytes.grow(bytes)
        ends.grow(entries)
        let size = size(entries: entries)
        if size > slots.count { resize(to: size) }
    }

    /// The number of slots needed to hold more entries.
    private func size(entries: Int) -> Int {
        var size = slots.count
        while size < (count + entries) * 2 { size *= 2 }
        return size
    }
}

/// The hash of a short byte string, with the high half folded in because tables use the low bits.
@inline(__always)
func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var hash = FowlerNollVo()
    for offset in bytes.indices { hash.add(bytes[offset]) }
    return hash.state ^ (hash.state >> 32)
}
