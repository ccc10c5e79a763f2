import Testing

@testable import LayerSkipCommand

@Suite("Places of a picture's text")
struct PictureLayoutTests {
    /// Ten columns of normal text.
    private var layout = PictureLayout(left: 10, right: 10 + 78)

    @Test mutating func tokensFollowEachOther() {
        #expect(layout.place("ab") == [.init(x: 10, row: 0, width: 15.6, text: "ab")])
        let next = layout.place("c\n  d")
        #expect(next.map(\.text) == ["c↵", "  d"])
        #expect(next.map(\.row) == [0, 1] && next[1].x == 10)
        #expect(layout.rowCount == 2)
    }

    @Test mutating func longLinesAreContinued() {
        let segments = layout.place("0123456789abcde")
        #expect(segments.map(\.text) == ["0123456789", "abcde"])
        // Wide characters take two columns.
        #expect(layout.place("日本語").map(\.text) == ["日本", "語"])
    }

    @Test mutating func tabsGoToTheNextStop() {
        #expect(layout.place("a\tb").map(\.text) == ["a   b"])
        #expect(layout.place("\t").map(\.text) == ["   "])
    }

    @Test mutating func tokensWithoutTextHaveAPlace() {
        let segments = layout.place("")
        #expect(segments.count == 1 && segments[0].text == "" && segments[0].width > 0)
    }

    @Test mutating func whatIsAsideKeepsTheIndentation() {
        _ = layout.place("a\n")
        let aside = layout.placeAside("b\nc")
        #expect(aside.map(\.text) == ["b↵c"] && aside[0].row == 0)
        let next = layout.place("  d")
        #expect(next == [.init(x: 10, row: 1, width: next[0].width, text: "  d")])
        // In a line it stays where it is.
        #expect(layout.placeAside("e")[0].row == 1)
    }

    @Test func controlCharactersAreVisible() {
        #expect("a\u{0}\u{1B}[0m\u{7F}\u{FFFE}\u{202E}\u{85}\n\t".visible == "a␀␛[0m␡\u{FFFD}\u{FFFD}\u{FFFD}\n\t")
    }

    @Test func splittingKeepsScalarsWhole() {
        for (count, first) in [(0, ""), (1, "a"), (2, "a"), (3, "aé"), (9, "aéb")] {
            #expect("aéb".split(atByte: count) == (first, String("aéb".dropFirst(first.count))))
        }
    }
}
