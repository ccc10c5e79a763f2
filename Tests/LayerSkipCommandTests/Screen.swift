@testable import LayerSkipCommand

/// A minimal terminal screen, which shows what a program leaves on it.
struct Screen {
    let width: Int
    let height: Int
    private(set) var lines: [[Cell]]
    private var row = 0
    private var column = 0
    /// Whether the last column is full, so that the next character wraps.
    private var wraps = false
    private var doesWrap = true
    private var color = "0"
    private var saved = (row: 0, column: 0)
    /// Unknown escape sequences.
    private(set) var unknown: [String] = []

    struct Cell: Equatable {
        var text = " "
        var color = "0"
    }

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        lines = Array(repeating: Array(repeating: Cell(), count: width), count: height)
    }

    /// The screen's text, without spaces at the ends of lines.
    var text: [String] {
        lines.map { line in
            var text = line.map(\.text).joined()
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// The text in one colour (an SGR number), in order.
    func text(color: String) -> String { lines.joined().filter { $0.color == color }.map(\.text).joined() }

    mutating func write(_ text: String) {
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "\u{1B}" {
                escape(&rest)
            } else if character.isNewline {
                column = 0
                wraps = false
                lineFeed()
            } else {
                put(character)
            }
        }
    }

    private mutating func escape(_ rest: inout Substring) {
        guard let kind = rest.popFirst() else { return }
        switch kind {
        case "7": saved = (row, column)
        case "8":
            (row, column) = saved
            wraps = false
        case "[":
            var sequence = ""
            while let next = rest.popFirst() {
                sequence.append(next)
                if next.isLetter { break }
            }
            control(sequence)
        default: unknown.append(String(kind))
        }
    }

    private mutating func control(_ sequence: String) {
        switch sequence {
        case "K": for index in column..<width { lines[row][index] = Cell() }
        case "?7l": doesWrap = false
        case "?7h": doesWrap = true
        case "0m", "32m", "90m": color = String(sequence.dropLast())
        default: unknown.append(sequence)
        }
    }

    private mutating func put(_ character: Character) {
        let columns = character.terminalWidth ?? 1
        if doesWrap, wraps || column + columns > width {
            column = 0
            wraps = false
            lineFeed()
        }
        column = min(column, width - columns)
        lines[row][column] = Cell(text: String(character), color: color)
        for index in 1..<max(columns, 1) { lines[row][column + index] = Cell(text: "", color: color) }
        column += columns
        if column == width {
            column = width - 1
            wraps = true
        }
    }

    private mutating func lineFeed() {
        row += 1
        guard row == height else { return }
        row -= 1
        lines.removeFirst()
        lines.append(Array(repeating: Cell(), count: width))
    }
}
