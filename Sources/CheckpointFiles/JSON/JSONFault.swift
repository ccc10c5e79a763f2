/// An error in JSON text, and its position.
package struct JSONFault: Error, Sendable, Equatable {
    /// The number of bytes before the fault.
    package let offset: Int
    /// The path of keys and indices to it, such as `model.merges[3]`; empty at the top level.
    package let place: String
    /// What was expected.
    package let expected: String
    /// What was found instead.
    package let found: String
}

extension JSONFault {
    /// A description of the fault's position, such as `line 3, column 17, key "rope_scaling.factor"`. Text of one line
    /// gets no line number. Columns count characters.
    package func position(in bytes: UnsafeRawBufferPointer) -> String {
        let lineFeed = UInt8(ascii: "\n")
        let before = bytes[..<min(offset, bytes.count)]
        let start = before.lastIndex(of: lineFeed).map { $0 + 1 } ?? 0
        // Bytes that are not UTF-8 continuation bytes begin a character.
        var position = "column \(1 + before[start...].count { $0 & 0xC0 != 0x80 })"
        if bytes.contains(lineFeed) { position = "line \(1 + before.count { $0 == lineFeed }), " + position }
        return position + (place.isEmpty ? "" : ", key \(place.quoted)")
    }
}
