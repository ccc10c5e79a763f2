/// A conversation as a chat template writes it, and which parts of it are the assistant's.
package struct RenderedChat: Sendable, Equatable {
    package let segments: [TextSegment]
    /// The ranges of bytes of the segments' joined text that the assistant writes, in order.
    package var answers: [Range<Int>]

    package init(segments: [TextSegment], answers: [Range<Int>]) {
        (self.segments, self.answers) = (segments, answers)
    }

    /// The joined text in UTF-8.
    package var utf8: [UInt8] { segments.flatMap { Array($0.text.utf8) } }
}
