import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

@Suite("Pictures of drafts")
struct DraftPictureTests {
    private let files: CommandFiles
    private let model: TextModel
    private static let speculative = DecodingStrategy.selfSpeculative(SpeculationSetting(exitLayer: 3, draftLength: 5))

    init() throws {
        files = try CommandFiles()
        model = try TextModel(path: files.model, threads: 1)
    }

    private func result(
        _ strategy: DecodingStrategy, seed: UInt64 = 0, maxTokens: Int = 128, stops: [String] = []
    ) throws -> GenerationResult {
        let options = GenerationOptions(
            strategy: strategy, sampling: Sampling(temperature: 1, seed: seed), maxTokens: maxTokens, stops: stops,
            ignoresEndOfText: true, recordsRounds: true)
        return try TextSession(model, options: options).generate(model.tokenizer.encode("a"))
    }

    private func svg(_ result: GenerationResult, _ strategy: DecodingStrategy, prompt: String = "a") -> String {
        DraftPicture(result, prompt: prompt, strategy: strategy, layerCount: 4).svg
    }

    /// A text as a picture shows it, without blanks.
    private func shown(_ text: String) -> String {
        text.unicodeScalars.filter { $0 != " " && $0 != "\t" }
            .map { $0 == "\n" || $0 == "\r" ? "↵" : String($0).visible }.joined()
    }

    // The model writes any bytes: controls, halves of characters, characters of XML.
    @Test(arguments: 0..<12 as Range<UInt64>) func everyTokenIsDrawnOnce(seed: UInt64) throws {
        let result = try result(Self.speculative, seed: seed)
        let statistics = result.statistics
        let svg = svg(result, Self.speculative)
        let picture = try #require(DrawnPicture(svg))
        #expect(picture.tokens("accepted").count == statistics.accepted)
        #expect(picture.tokens("written").count == statistics.rounds)
        #expect(picture.tokens("rejected").count == statistics.drafted - statistics.accepted)
        #expect(statistics.accepted + statistics.rounds == result.tokens.count)
        #expect(picture.groups.allSatisfy { $0.boxes > 0 || $0.name == "prompt" })
        #expect(picture.text.unicodeScalars.elementsEqual(shown(result.text).unicodeScalars))
        #expect(picture.tokens("rejected").allSatisfy { $0.text.isEmpty })
        #expect(svg.utf8.count < 60_000)
        #expect(svg == self.svg(result, Self.speculative))
        #expect(picture.elements == ["svg", "title", "style", "rect", "g", "text"])
        #expect(svg.ranges(of: "http").count == 1)  // the name space
    }

    @Test func captionAndLegendAreLabelled() throws {
        let result = try result(Self.speculative)
        let notes = try #require(DrawnPicture(svg(result, Self.speculative))).notes
        let statistics = result.statistics
        #expect(notes.count == 5)
        #expect(notes[1] == "drafted by the first 3 layers, accepted")
        #expect(notes[4].contains("exit layer 3 of 4 · draft length 5"))
        #expect(notes[4].contains("accepted \(statistics.accepted) of \(statistics.drafted) drafts"))
        #expect(notes[4].contains("128 tokens in \(statistics.rounds) verifications"))
    }

    @Test(arguments: [.plain, .earlyExit(exitLayer: 2)] as [DecodingStrategy])
    func textWithoutDraftsIsWritten(strategy: DecodingStrategy) throws {
        let result = try result(strategy)
        let picture = try #require(DrawnPicture(svg(result, strategy)))
        #expect(picture.tokens("written").count == 128 && picture.groups.count == 129)
        #expect(picture.notes.count == 3 && !picture.notes.joined().contains("accepted"))
    }

    @Test func whatFollowsTheTextIsAside() throws {
        let whole = try result(Self.speculative).text
        let stop = String(whole.dropFirst(whole.count / 2).prefix(2))
        let result = try result(Self.speculative, stops: [stop])
        let picture = try #require(DrawnPicture(svg(result, Self.speculative)))
        #expect(result.finishReason == .stop(stop))
        #expect(picture.text.unicodeScalars.elementsEqual(shown(result.text).unicodeScalars))
        #expect(picture.tokens("accepted").count == result.statistics.accepted)
    }

    @Test func promptsAreEscapedAndShortened() throws {
        let result = try result(.plain, maxTokens: 1)
        let prompt = "<a & \"b\">&\u{301}<\u{338}\u{1B}\u{0}"
        let picture = try #require(DrawnPicture(svg(result, .plain, prompt: prompt)))
        #expect(picture.groups[0].text.unicodeScalars.elementsEqual(prompt.visible.unicodeScalars))
        let long = String(repeating: "line of text\n", count: 10_000)
        #expect(svg(result, .plain, prompt: long).utf8.count < 20_000)
        #expect(try #require(DrawnPicture(svg(result, .plain, prompt: ""))).tokens("prompt").isEmpty)
    }
}
