import CTensorKernels

/// The format in which a cache keeps keys and values.
///
/// Attention reads them back in this format even for rows that have only just been stored, so that a text does not
/// depend on how its prompt was cut.
public enum CacheFormat: String, Sendable, Codable, CaseIterable {
    /// IEEE 754 single precision.
    case f32
    /// IEEE 754 half precision: half the memory and half the time that a long context takes to read.
    case f16
    /// The upper half of an IEEE 754 single: the range of f32 with three significant digits.
    case bf16

    /// What a cache is in unless asked otherwise.
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
    /// Why numbers may have stopped being finite, and what to do, for people.
    ///
    /// - Parameter halfCache: whether a cache of F16 held some that were not.
    package static func reasonForNonFinite(halfCache: Bool) -> String {
        halfCache
            ? "keys or values may be larger than a cache of format f16 can hold: use --cache-format bf16 or f32; "
                + "if that changes nothing, the weights may be damaged"
            : "the weights may be damaged"
    }
}
