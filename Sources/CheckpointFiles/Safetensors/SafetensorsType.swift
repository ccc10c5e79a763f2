package import TensorCore

/// An element format of safetensors files, whether or not this package can compute with it.
package struct SafetensorsType: Sendable, Equatable {
    /// The format's name in the file, such as `BF16` or `I64`.
    package let name: String
    private let bitsPerElement: Int

    /// The format with a name; nil if the file format has none.
    init?(_ name: String) {
        guard let bits = Self.bits[name] else { return nil }
        self.name = name
        bitsPerElement = bits
    }

    /// The format in this package; nil if it is not supported.
    package var dtype: DType? { Self.supported.first { $0.rawValue == name } }

    /// The formats that this package can compute with.
    static let supported = DType.allCases.filter { !$0.isQuantized }

    /// The names of all formats, sorted.
    static var names: [String] { bits.keys.sorted() }

    /// Bits per element (`Dtype::bitsize` in the reference implementation).
    private static let bits = [
        "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
        "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32,
        "F32": 32, "C64": 64, "F64": 64, "I64": 64, "U64": 64,
    ]

    /// The number of bytes of a tensor of this shape; nil if it has a negative dimension, is not a whole number of
    /// bytes, or is too large.
    func byteCount(shape: [Int]) -> Int? {
        var total = bitsPerElement
        for dimension in shape {
            guard dimension >= 0 else { return nil }
            let (product, overflow) = total.multipliedReportingOverflow(by: dimension)
            guard !overflow else { return nil }
            total = product
        }
        return total.isMultiple(of: 8) ? total / 8 : nil
    }
}
