/// An error for a JSON value of the wrong form, thrown by types that decode themselves and can say what they expect.
package struct JSONMismatch: Error {
    /// What was expected.
    let expected: String
    /// What was found instead, safe to display.
    let found: String

    package init(expected: String, found: String) {
        self.expected = expected
        self.found = found
    }

    /// The error to throw from `init(from:)`; it carries the value's coding path.
    package func error(in decoder: any Decoder) -> DecodingError {
        .dataCorrupted(
            DecodingError.Context(codingPath: decoder.codingPath, debugDescription: expected, underlyingError: self))
    }
}
