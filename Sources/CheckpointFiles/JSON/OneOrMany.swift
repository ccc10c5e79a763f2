/// A JSON number or list of numbers, as Hugging Face's files store the tokens that end a text.
package enum OneOrMany: Codable {
    case one(Int)
    case many([Int])

    /// Creates `one` for a single number and `many` for several; nil for none.
    package init?(_ numbers: [Int]) {
        guard let first = numbers.first else { return nil }
        self = numbers.count == 1 ? .one(first) : .many(numbers)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = .one(try container.decode(Int.self))
        } catch DecodingError.typeMismatch {
            self = .many(try container.decode([Int].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .one(let one): try container.encode(one)
        case .many(let many): try container.encode(many)
        }
    }

    /// All the numbers.
    package var all: [Int] {
        switch self {
        case .one(let one): [one]
        case .many(let many): many
        }
    }
}
