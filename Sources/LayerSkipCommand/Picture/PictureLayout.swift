import LayerSkip

/// The places of a picture's text: lines of a fixed width, in which every column is equally wide.
struct PictureLayout {
    /// A size of text.
    enum Size {
        /// Text that the reader reads.
        case normal
        /// Text that did not become part of it.
        case small

        /// The width of a column in pixels. Monospaced fonts are about 0.6 of their size wide.
        var advance: Double { self == .normal ? 7.8 : 6 }
    }

    /// A token's text in one line.
    struct Segment: Equatable {
        let x: Double
        let row: Int
        /// In pixels.
        var width = 0.0
        /// Without line ends; empty for a token without text, which still has a width.
        var text = ""
    }

    /// The space between two tokens' boxes in pixels.
    static let gap = 1.0
    /// The width of a token without text, such as one that only begins a character.
    private static let emptyWidth = 4.0
    private static let tabColumns = 4

    private let left: Double
    private let right: Double
    private var x: Double
    /// The end of the line before, if this line is still empty.
    private var lineBefore: Double?
    private(set) var row = 0

    /// Lines lie between `left` and `right`, in pixels.
    init(left: Double, right: Double) {
        self.left = left
        self.right = right
        x = left
    }

    /// The number of lines.
    var rowCount: Int { row + 1 }

    /// Places text that is read, with its line ends.
    mutating func place(_ text: String) -> [Segment] { place(text, .normal) }

    /// Places text that is not part of what is read, as small text without line breaks of its own.
    ///
    /// At the beginning of a line it stays at the end of the line before, so that it does not change the indentation.
    mutating func placeAside(_ text: String) -> [Segment] {
        guard let end = lineBefore else { return place(text, .small) }
        (row, x, lineBefore) = (row - 1, end, nil)
        let segments = place(text, .small)
        breakLine()
        return segments
    }

    private mutating func place(_ text: String, _ size: Size) -> [Segment] {
        var segments = [Segment(x: x, row: row)]
        /// Adds text that is `width` pixels wide, in the next line if this one is full.
        func add(_ text: String, _ width: Double) {
            if x + width > right, x > left {
                breakLine()
                lineBefore = nil
                segments.append(Segment(x: x, row: row))
            }
            segments[segments.count - 1].text += text
            segments[segments.count - 1].width += width
            x += width
            lineBefore = nil
        }
        if text.isEmpty { add("", Self.emptyWidth) }
        for character in text {
            if character.isNewline {
                add(Self.lineEnd, size.advance)
                guard size == .normal else { continue }
                breakLine()
                segments.append(Segment(x: x, row: row))
            } else if character == "\t" {
                let columns = Self.tabColumns - Int((x - left) / size.advance) % Self.tabColumns
                add(String(repeating: " ", count: columns), Double(columns) * size.advance)
            } else {
                add(String(character), Double(character.terminalWidth ?? 2) * size.advance)
            }
        }
        return segments.filter { $0.width > 0 }
    }

    /// The sign for a line end.
    static let lineEnd = "↵"

    private mutating func breakLine() {
        lineBefore = x
        row += 1
        x = left
    }
}
