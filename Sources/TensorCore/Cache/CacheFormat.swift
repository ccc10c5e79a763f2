import CTensorKernels

/// The format in which a cache keeps keys and values.
///
/// Attention reads even the rows of the current pass back in this format, so that a text does not depend on how its
/// prompt was cut into chunks.
public enum CacheFormat: String, Sendable, Codable, CaseIterable {
    /// IEEE 754 single precision.
    case f32
    /// IEEE 754 half precision: half the memory of f32, and half the time to read a long context.
    case f16
    /// The upper half of an IEEE 754 single: the range of f32 with three significant digits.
    case bf16

    /// The default format.
    public static let standard = CacheFormat.f16

    /// The format's index in the C tables.
    var kernelFormat: Int {
        switch self {
        case .f32: CTK_F32
        case .f16: CTK_F16
        case .bf16: CTK_BF16
        }
    }

    /// Bytes of one element.
    public var byteCount: Int { self == .f32 ? 4 : 2 }
}

extension CacheFormat {
    /// Explains in an error message why values may be non-finite and what to do.
    ///
    /// - Parameter halfCache: whether an F16 cache held non-finite values.
    package static func reasonForNonFinite(halfCache: Bool) -> String {
        halfCache
            ? "keys or values may be larger than a cache of format f16 can hold: use --cache-format bf16 or f32; "
                + "if that changes nothing, the weights may be damaged"
            : "the weights may be damaged"
    }
}
