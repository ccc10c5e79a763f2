import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("Drafts on a terminal")
struct TextDisplayTests {
    /// Shows rounds of random drafts, some of them accepted. Returns the screen, and one that has shown the text alone.
    private func show(seed: UInt64, width: Int, height: Int, alphabet: [String]) -> (
        shown: Screen, plain: Screen, green: String
    ) {
        var random = SeededGenerator(seed: seed)
        var shown = Screen(width: width, height: height)
        var plain = Screen(width: width, height: height)
        var green = ""
        withoutActuallyEscaping({ (text: String) throws(Output.Failure) in shown.write(text) }) { write in
            let display = TextDisplay(showsDrafts: true, width: { width }, write: write)
            for _ in 0..<60 {
                let drafts = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? ""
                }
                let accepted = drafts.isEmpty ? 0 : Int.random(in: 0...drafts.count, using: &random)
                for draft in drafts { display.show(.drafted(draft, by: .earlyExit)) }
                if !drafts.isEmpty { display.show(.verified(accepted: accepted)) }
                for draft in drafts.prefix(accepted) where !draft.isEmpty {
                    display.show(.text(draft, draftedBy: .earlyExit))
                    plain.write(draft)
                    green += draft.filter { !$0.isNewline }
                }
                let own = alphabet.randomElement(using: &random) ?? "x"
                display.show(.text(own, draftedBy: nil))
                plain.write(own)
            }
        }
        return (shown, plain, green)
    }

    @Test(arguments: 0..<100 as Range<UInt64>) func nothingOfTheDraftsIsLeft(seed: UInt64) {
        let latin = [" the", "a", " longer", "\n", "\n\n", " é", "e\u{301}", "", ".", "\t"].filter { $0 != "\t" }
        let others = ["日本", "語", "\n", " a", "🙂", "한국", "ё", "x"]
        for (alphabet, width, height) in [
            (latin, 20, 4), (others, 21, 3), (others, 7, 2), (latin, 1, 3), (latin, 2, 1000),
        ] {
            let (shown, plain, green) = show(seed: seed, width: width, height: height, alphabet: alphabet)
            #expect(shown.text == plain.text, "width \(width)")
            #expect(shown.unknown == [])
            #expect(shown.text(color: "90") == "")
            if height == 1000 { #expect(shown.text(color: "32") == green) }
        }
    }

    @Test func draftsAreShownUntilTheyAreJudged() {
        var screen = Screen(width: 20, height: 2)
        withoutActuallyEscaping({ (text: String) throws(Output.Failure) in screen.write(text) }) { write in
            let display = TextDisplay(showsDrafts: true, width: { 20 }, write: write)
            display.show(.text("Once", draftedBy: nil))
            display.show(.drafted(" upon", by: .earlyExit))
            display.show(.drafted("\n", by: .earlyExit))
            display.show(.drafted(" a very long time", by: .earlyExit))
        }
        #expect(screen.text == ["Once upon⏎ a very l", ""])
        #expect(screen.text(color: "90") == " upon⏎ a very l")
        withoutActuallyEscaping({ (text: String) throws(Output.Failure) in screen.write(text) }) { write in
            let display = TextDisplay(showsDrafts: true, width: { 20 }, write: write)
            display.show(.drafted("x\u{1B}[2J", by: .earlyExit))
            display.finish()
        }
        #expect(screen.unknown == [])
    }

    @Test func withoutATerminalThereIsTextAlone() {
        var written = ""
        withoutActuallyEscaping({ (text: String) throws(Output.Failure) in written += text }) { write in
            for display in [
                TextDisplay(showsDrafts: false, width: { 80 }, write: write),
                TextDisplay(showsDrafts: true, width: { nil }, write: write),
            ] {
                display.show(.drafted("no", by: .earlyExit))
                display.show(.verified(accepted: 1))
                display.show(.text("yes", draftedBy: .earlyExit))
            }
        }
        #expect(written == "yesyes")
    }

    @Test func aFailureIsKeptAndEndsTheWriting() {
        var attempts = 0
        withoutActuallyEscaping({ (_: String) throws(Output.Failure) in
            attempts += 1
            throw .closed
        }) { write in
            let display = TextDisplay(showsDrafts: false, write: write)
            display.show(.text("a", draftedBy: nil))
            display.show(.text("b", draftedBy: nil))
            #expect(display.failure != nil)
        }
        #expect(attempts == 1)
    }

    @Test(
        arguments: [
            ("a", 1), ("é", 1), ("e\u{301}", 1), ("日", 2), ("Ａ", 2), ("한", 2), ("🙂", 2), ("☀", 1), ("☀\u{FE0F}", nil),
            ("👩‍👩‍👧", nil), ("🇫🇷", nil), ("\u{1B}", nil), ("\t", nil), ("\u{200B}", nil), ("\u{301}", nil),
        ] as [(Character, Int?)]) func widths(character: Character, width: Int?)
    {
        #expect(character.terminalWidth == width)
    }
}
