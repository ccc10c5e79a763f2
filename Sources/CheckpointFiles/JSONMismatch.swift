/// What a value in JSON should have been, from a type that decodes itself and knows better than "a value that fits".
package struct JSONMismatch: Error {
    /// What would have been right.
    let expected: String
    /// What was there instead, fit to be shown.
    let found: String

    package init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }

    /// The error to throw from `init(from:)`: it knows the place of the value.
    package func error(in decoder: any Decoder) -> DecodingError {
        .dataCorrupted(
            DecodingError.Context(codingPath: decoder.codingPath, debugDescription: expected, underlyingError: self))
    }
}
