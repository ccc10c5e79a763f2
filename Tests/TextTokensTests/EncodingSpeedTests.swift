import CheckpointFiles
import LayerSkip
import TestSupport
import Testing

@testable import TextTokens

/// Encoding must never be what training or a long prompt waits for. Measured in release builds only:
/// `swift test -c release -Xswiftc -enable-testing --filter EncodingSpeed`.
@Suite(.serialized, .enabled(if: (Fixtures.smolLM2 != nil || Fixtures.required) && isOptimized))
struct EncodingSpeedTests {
    @Test func fiveMegabytesOfSwiftInASecond() throws {
        let metadata = try GGUFFile(path: try #require(Fixtures.smolLM2)).metadata
        let definition = try TokenizerDefinition(metadata)
        let loading = try best { _ = try Tokenizer(definition) }
        let tokenizer = try Tokenizer(definition)
        // The package's own sources, each time with other names, so that remembered words do not help too much.
        let source = try ownSources()
        var corpus: [UInt8] = []
        for round in 0..<max(1, 10_000_000 / source.count) {
            corpus += source.map { $0 == UInt8(ascii: "e") ? UInt8(97 + round % 26) : $0 }
        }
        let seconds = try best { _ = tokenizer.encode(corpus) }
        let speed = Double(corpus.count) / seconds / 1e6
        print("loaded in \(loading * 1000) ms; \(corpus.count) bytes encoded at \(speed) MB/s")
        #expect(speed >= 5)
        #expect(loading < 0.1)
    }

    private func best(of count: Int = 3, _ body: () throws -> Void) throws -> Double {
        var best = Double.infinity
        for _ in 0..<count {
            let duration = try ContinuousClock().measure { try body() }.components
            best = min(best, Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
        }
        return best
    }

    private func ownSources() throws -> [UInt8] {
        let names = [
            "Tokenizer", "Tokenizer+Encode", "SplitRule", "PreTokenizer", "WordEncoder", "MergeModel+ByteLevel",
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
