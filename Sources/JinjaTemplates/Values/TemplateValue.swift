/// A value that a chat template can read, such as a message, a tool or a setting.
public indirect enum TemplateValue: Sendable, Hashable {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of more than 64 bits, as digits with a sign if it is negative. A template can only print it.
    case largeInteger(String)
    case number(Double)
    case text(String)
    case list([TemplateValue])
    case object([Member])

    /// A member of an object. Objects keep the order of their members, which a template may print.
    public struct Member: Sendable, Hashable {
        public var key: String
        public var value: TemplateValue

        /// Creates a member.
        public init(key: String, value: TemplateValue) {
            self.key = key
            self.value = value
        }
    }
}

extension TemplateValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Creates `none`.
    public init(nilLiteral: ()) { self = .none }

    /// Creates a truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// Creates an integer.
    public init(integerLiteral value: Int) { self = .integer(value) }

    /// Creates a number.
    public init(floatLiteral value: Double) { self = .number(value) }

    /// Creates a text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// Creates a list.
    public init(arrayLiteral elements: TemplateValue...) { self = .list(elements) }

    /// Creates an object with its members in the literal's order.
    public init(dictionaryLiteral elements: (String, TemplateValue)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
