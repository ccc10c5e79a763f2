/// An array in a GGUF file's metadata: elements of one type, stored contiguously.
package enum GGUFArray: Sendable, Equatable {
    case uint8s([UInt8])
    case int8s([Int8])
    case uint16s([UInt16])
    case int16s([Int16])
    case uint32s([UInt32])
    case int32s([Int32])
    case float32s([Float])
    case bools([Bool])
    case strings([String])
    case arrays([GGUFArray])
    case uint64s([UInt64])
    case int64s([Int64])
    case float64s([Double])

    /// The type of every element.
    package var elementType: GGUFValueType {
        switch self {
        case .uint8s: .uint8
        case .int8s: .int8
        case .uint16s: .uint16
        case .int16s: .int16
        case .uint32s: .uint32
        case .int32s: .int32
        case .float32s: .float32
        case .bools: .bool
        case .strings: .string
        case .arrays: .array
        case .uint64s: .uint64
        case .int64s: .int64
        case .float64s: .float64
        }
    }

    /// The number of elements.
    package var count: Int {
        switch self {
        case .uint8s(let values): values.count
        case .int8s(let values): values.count
        case .uint16s(let values): values.count
        case .int16s(let values): values.count
        case .uint32s(let values): values.count
        case .int32s(let values): values.count
        case .float32s(let values): values.count
        case .bools(let values): values.count
        case .strings(let values): values.count
        case .arrays(let values): values.count
        case .uint64s(let values): values.count
        case .int64s(let values): values.count
        case .float64s(let values): values.count
        }
    }
}
