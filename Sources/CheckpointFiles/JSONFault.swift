/// What is wrong with a JSON text, and where.
package struct JSONFault: Error, Sendable, Equatable {
    /// Bytes before the fault.
    package let offset: Int
    /// The keys and indices that lead to it, such as `model.merges[3]`; empty at the top.
    package let place: String
    /// What would have been right.
    package let expected: String
    /// What was there instead.
    package let found: String
}

extension JSONFault {
    /// Where the fault is, such as `line 3, column 17, key "rope_scaling.factor"`; a text of one line has no line
    /// numbers. Columns count characters.
    package func position(in bytes: UnsafeRawBufferPointer) -> String {
        let lineFeed = UInt8(ascii: "\n")
        let before = bytes[..<min(offset, bytes.count)]
        let start = before.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        // A character's first byte is the one that continues no other.
        var position = "column \(1 + before[start...].count { $0 & 0xC0 != 0x80 })"
        if bytes.contains(lineFeed) { position = "line \(1 + before.count { $0 == lineFeed }), " + position }
        return position + (place.isEmpty ? "" : ", key \(place.quoted)")
    }
}
