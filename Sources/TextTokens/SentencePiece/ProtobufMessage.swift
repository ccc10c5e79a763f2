/// A message in protobuf's wire format, read one field at a time.
struct ProtobufMessage {
    /// A field's value. Numbers of 64 bits are unused in the formats that are read here.
    enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed(UInt32)
        case other

        /// What kind of value this is, for errors.
        var name: String {
            switch self {
            case .number: "a number"
            case .bytes: "bytes"
            case .fixed: "4 bytes of a number"
            case .other: "8 bytes of a number"
            }
        }
    }

    private var rest: ArraySlice<UInt8>

    /// A message, which may be a part of another. Errors state places in the array that it is a part of.
    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Reads the next field; nil at the end.
    mutating func next() throws(TokenizerError) -> (field: UInt64, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try number()
        guard key >> 3 > 0 else { throw failure("a field number from 1", "0") }
        switch key & 7 {
        case 0: return (key >> 3, .number(try number()))
        case 1:
            _ = try take(8)
            return (key >> 3, .other)
        case 2: return (key >> 3, .bytes(try take(try number())))
        case 5: return (key >> 3, .fixed(try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }))
        case let type: throw failure("a wire type of 0, 1, 2 or 5", "\(type)")
        }
    }

    private mutating func number() throws(TokenizerError) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw failure("a number", "the end") }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        throw failure("a number of at most 10 bytes", "a longer one")
    }

    private mutating func take(_ count: UInt64) throws(TokenizerError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw failure("\(count) bytes", "\(rest.count)") }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    private func failure(_ expected: String, _ found: String) -> TokenizerError {
        .malformedFile(place: "tokenizer.model, byte \(rest.startIndex)", expected: expected, found: found)
    }
}
