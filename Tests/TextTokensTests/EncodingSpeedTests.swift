import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

@testable import TextTokens

/// Checks that encoding is fast enough never to hold up training or a long prompt. It is compared with simple work of
/// the standard library on the same text, so that the machine's speed does not matter, in release builds only:
/// `swift test -c release -Xswiftc -enable-testing --filter EncodingSpeed`.
@Suite(.serialized, .enabled(if: (Fixtures.smolLM2 != nil || Fixtures.required) && isOptimized))
struct EncodingSpeedTests {
    @Test func takesFewTimesAsLongAsCountingWords() throws {
        let path = try #require(Fixtures.smolLM2)
        let opening = try best { _ = try GGUFFile(path: path) }
        let metadata = try GGUFFile(path: path).metadata
        let definition = try TokenizerDefinition(metadata)
        let loading = try best { _ = try Tokenizer(definition) }
        let tokenizer = try Tokenizer(definition)
        // The package's own sources, with different names in each copy, so that cached words do not help too much.
        let source = try ownSources()
        var corpus: [UInt8] = []
        for round in 0..<max(1, 10_000_000 / source.count) {
            corpus += source.map { $0 == UInt8(ascii: "e") ? UInt8(97 + round % 26) : $0 }
        }
        let seconds = try best { _ = try tokenizer.encode(corpus) }
        let counting = try best { _ = wordCounts(corpus) }
        let speed = Double(corpus.count) / seconds / 1e6
        print("loaded in \(loading * 1000) ms; \(corpus.count) bytes encoded at \(speed) MB/s")
        print(
            "\(seconds / counting) times as long as counting words, loaded \(loading / opening) times as long as opened"
        )
        #expect(seconds < 20 * counting)
        #expect(loading < 50 * opening)
    }

    private func best(of count: Int = 3, _ body: () throws -> Void) throws -> Double {
        var best = Double.infinity
        for _ in 0..<count {
            let duration = try ContinuousClock().measure { try body() }.components
            best = min(best, Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
        }
        return best
    }

    private func wordCounts(_ text: [UInt8]) -> [ArraySlice<UInt8>: Int] {
        text.split(separator: UInt8(ascii: " ")).reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }

    private func ownSources() throws -> [UInt8] {
        let names = [
            "Tokenizer", "Tokenizer+Encode", "Splitting/SplitRule", "Splitting/PreTokenizer", "Merging/WordEncoder",
            "Merging/MergeModel+ByteLevel",
        ]
        return try names.flatMap { name in
            try MappedFile(path: "\(Fixtures.repository)/Sources/TextTokens/\(name).swift").contents
        }
    }
}

extension MappedFile {
    var contents: [UInt8] {
        withBytes(in: 0..<byteCount) { $0.withUnsafeBytes { Array($0) } }
    }
}
