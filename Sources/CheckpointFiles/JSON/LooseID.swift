/// A token id in JSON that this program does not depend on, such as the padding token's; any other value in its place
/// is accepted.
package struct LooseID: Codable, Sendable {
    /// The id; nil if the value is not an integer.
    package let number: Int?

    /// Creates an id to write.
    package init(_ number: Int) { self.number = number }

    package init(from decoder: any Decoder) throws {
        number = try? decoder.singleValueContainer().decode(Int.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
