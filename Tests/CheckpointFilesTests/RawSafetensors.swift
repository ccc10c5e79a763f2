/// A safetensors file whose parts may be inconsistent.
struct RawSafetensors: Sendable {
    /// The header's JSON.
    var header = "{}"
    /// The claimed length of the header; nil for the actual one.
    var length: UInt64?
    /// The number of data bytes that follow.
    var dataCount = 0

    var bytes: [UInt8] {
        let length = length ?? UInt64(header.utf8.count)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array(header.utf8)
            + (0..<dataCount).map { UInt8(truncatingIfNeeded: $0) }
    }

    /// A tensor's entry in the header.
    static func entry(_ name: String, dtype: String = "F32", _ shape: String, _ start: String, _ end: String) -> String
    {
        "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":[\(start),\(end)]}"
    }
}
