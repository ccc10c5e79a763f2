/// The kind of a JSON value, derived from its first byte.
enum JSONKind: Equatable, CustomStringConvertible {
    case object, list, text, number, boolean, null

    /// Creates the kind from the first byte of a valid value.
    init(firstByte: UInt8?) {
        self =
            switch firstByte {
            case UInt8(ascii: "{"): .object
            case UInt8(ascii: "["): .list
            case UInt8(ascii: "\""): .text
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
            case UInt8(ascii: "n"): .null
            default: .number
            }
    }

    var description: String {
        switch self {
        case .object: "an object"
        case .list: "a list"
        case .text: "a string"
        case .number: "a number"
        case .boolean: "true or false"
        case .null: "null"
        }
    }
}
