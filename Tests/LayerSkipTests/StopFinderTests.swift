import TestSupport
import Testing

@testable import LayerSkip

@Suite("Stop texts")
struct StopFinderTests {
    @Test func whatMayBecomeAStopTextIsHeldBack() {
        var finder = StopFinder(["\n\nUser:"])
        #expect(finder.append("Yes.\n") == ("Yes.", nil))
        #expect(finder.append("\n") == ("", nil))
        #expect(finder.append("Use") == ("", nil))
        #expect(finder.append("ful") == ("\n\nUseful", nil))
        #expect(finder.append("\n\nUser: no") == ("", "\n\nUser:"))
    }

    @Test func whatWasHeldBackIsTextAtTheEnd() {
        var finder = StopFinder(["stop"])
        #expect(finder.append("do not sto") == ("do not ", nil))
        #expect(finder.finish() == "sto")
        #expect(finder.finish() == "")
    }

    @Test func theFirstToBeCompleteWins() {
        var finder = StopFinder(["abcd", "bc"])
        #expect(finder.append("abcd") == ("a", "bc"))
        finder = StopFinder(["ab", "abc"])
        #expect(finder.append("abc") == ("", "ab"))
        finder = StopFinder(["b", "ab"])
        #expect(finder.append("xab") == ("x", "ab"))
    }

    @Test func aBeginningMayOverlapItself() {
        var finder = StopFinder(["aab"])
        #expect(finder.append("aaa") == ("a", nil))
        #expect(finder.append("b") == ("", "aab"))
    }

    @Test func charactersOfOtherScalarsAreOthers() {
        var finder = StopFinder(["\u{E9}"])
        #expect(finder.append("e\u{301}") == ("e\u{301}", nil))
        #expect(finder.append("caf\u{E9}") == ("caf", "\u{E9}"))
        // A line feed is found even within the character CR LF.
        finder = StopFinder(["\n"])
        #expect(finder.append("a\r\nb") == ("a\r", "\n"))
    }

    @Test(arguments: 0..<200 as Range<UInt64>) func piecesDoNotMatter(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        func word(_ lengths: ClosedRange<Int>) -> String {
            String(
                (0..<Int.random(in: lengths, using: &random)).map { _ in "abé".randomElement(using: &random) ?? "a" })
        }
        let text = word(0...30)
        let stops = (0..<Int.random(in: 0...3, using: &random)).map { _ in word(1...4) }
        func read(_ pieces: [String]) -> (String, String?) {
            var finder = StopFinder(stops)
            var text = ""
            for piece in pieces {
                let (more, stop) = finder.append(piece)
                text += more
                if let stop { return (text, stop) }
            }
            return (text + finder.finish(), nil)
        }
        let whole = read([text])
        #expect(whole == read(text.map { String($0) }))
        #expect(text.hasPrefix(whole.0 + (whole.1 ?? "")))
        if whole.1 == nil { #expect(!stops.contains { text.contains($0) }) }
    }
}
