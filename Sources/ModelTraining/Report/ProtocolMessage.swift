/// A message in the encoding of Protocol Buffers, as far as TensorBoard's events need it.
struct ProtocolMessage {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ field: Int, _ value: Int) {
        addKey(field, wireType: 0)
        addVarint(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, _ value: Double) {
        addKey(field, wireType: 1)
        addLittleEndian(value.bitPattern)
    }

    mutating func add(_ field: Int, _ value: Float) {
        addKey(field, wireType: 5)
        addLittleEndian(value.bitPattern)
    }

    mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

    mutating func add(_ field: Int, _ message: ProtocolMessage) { add(field, message.bytes) }

    private mutating func add(_ field: Int, _ contents: [UInt8]) {
        addKey(field, wireType: 2)
        addVarint(UInt64(contents.count))
        bytes += contents
    }

    private mutating func addKey(_ field: Int, wireType: Int) { addVarint(UInt64(field << 3 | wireType)) }

    private mutating func addVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func addLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// The integer of a field in an encoded message of numbers and texts; nil if there is none.
    static func integer(_ wanted: Int, in bytes: [UInt8]) -> Int? {
        var rest = bytes[...]
        func varint() -> UInt64? {
            var value: UInt64 = 0
            for shift in stride(from: 0, to: 64, by: 7) {
                guard let byte = rest.popFirst() else { return nil }
                value |= UInt64(byte & 0x7f) << shift
                if byte < 0x80 { return value }
            }
            return nil
        }
        while let key = varint() {
            switch key & 7 {
            case 0:
                guard let value = varint() else { return nil }
                if key >> 3 == wanted { return Int(truncatingIfNeeded: value) }
            case 1: rest = rest.dropFirst(8)
            case 2:
                guard let count = varint(), count <= rest.count else { return nil }
                rest = rest.dropFirst(Int(count))
            case 5: rest = rest.dropFirst(4)
            default: return nil
            }
        }
        return nil
    }
}
