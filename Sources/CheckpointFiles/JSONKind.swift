/// What kind of value some JSON is, as its first byte tells.
enum JSONKind: Equatable, CustomStringConvertible {
    case object, list, text, number, boolean, null

    /// The kind of a value that is known to be valid.
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
