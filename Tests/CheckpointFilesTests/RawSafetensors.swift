/// A safetensors file whose parts may contradict each other.
struct RawSafetensors: Sendable {
    /// The header's JSON.
    var header = "{}"
    /// What the file says is the header's length; nil for the truth.
    var length: UInt64?
    /// How many bytes of data follow.
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
