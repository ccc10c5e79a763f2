/// A part of a rendered template whose text has one origin.
package struct RenderedPiece: Sendable, Hashable {
    package var text: String
    /// Whether the text comes from a variable that is not trusted, so that it must not become control tokens.
    package var isFromInput: Bool
    /// Whether the text is inside `{% generation %}`.
    package var isGenerated: Bool

    package init(text: String, isFromInput: Bool, isGenerated: Bool) {
        (self.text, self.isFromInput, self.isGenerated) = (text, isFromInput, isGenerated)
    }
}

extension RenderedPiece {
    static func pieces(_ text: MarkedText) -> [RenderedPiece] {
        text.runs.map { range, mark in
            RenderedPiece(
                text: String(decoding: text.bytes[range], as: UTF8.self), isFromInput: mark.contains(.input),
                isGenerated: mark.contains(.generated))
        }
    }
}
