/// A token's id in JSON where nothing here depends on it, such as the one that fills batches up: whatever else stands
/// in its place is no error.
package struct LooseID: Codable, Sendable {
    /// The id; nil where something else than an integer stands there.
    package let number: Int?

    /// An id to write.
    package init(_ number: Int) { self.number = number }

    package init(from decoder: any Decoder) throws {
        number = try? decoder.singleValueContainer().decode(Int.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
