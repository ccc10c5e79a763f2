import TestSupport
import Testing

@testable import TextTokens

/// Merging compared with a slow, obvious implementation.
struct MergeReferenceTests {
    @Test(arguments: 0..<20) func byteLevelMergesLikeTheReference(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var strings: [[UInt8]] = [[97], [98], [99]]
        var merges: [(left: [UInt8], right: [UInt8])] = []
        for _ in 0..<Int.random(in: 1...30, using: &random) {
            let left = strings.randomElement(using: &random) ?? [97]
            let right = strings.randomElement(using: &random) ?? [97]
            guard left.count + right.count < 20, !strings.contains(left + right) else { continue }
            merges.append((left, right))
            strings.append(left + right)
        }
        let definition = TinyVocabulary.byteLevel(
            "gpt-2", merges: merges.map { String(decoding: $0.left + [0xC2, 0xA6] + $0.right, as: UTF8.self) })
        let tokenizer = try Tokenizer(definition)
        for length in Array(0...16) + [30, 95, 96, 97, 98, 250] {
            let word = (0..<length).map { _ in UInt8.random(in: 97...99, using: &random) }
            var parts = word.map { [$0] }
            while let merge = merges.first(where: { index(of: $0, in: parts) != nil }) {
                guard let place = index(of: merge, in: parts) else { break }
                parts.replaceSubrange(place...place + 1, with: [merge.left + merge.right])
            }
            #expect(try tokenizer.encode(word).map { tokenizer.bytes(of: $0) } == parts)
        }
    }

    @Test(arguments: 0..<20) func sentencePieceMergesLikeTheReference(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters = ["a", "é", " ", "中"]
        var pieces: [String: Double] = [:]
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            let length = Int.random(in: 1...5, using: &random)
            let piece = (0..<length).map { _ in letters.randomElement(using: &random) ?? "a" }.joined()
            pieces[piece] = Double(Int.random(in: -20...0, using: &random))
        }
        let sorted = pieces.sorted { $0.key < $1.key }.map { (text: $0.key, score: $0.value) }
        let tokenizer = try Tokenizer(TinyVocabulary.sentencePiece(sorted))
        for length in Array(1...16) + [30, 94, 95, 96, 97, 150] {
            let text = (0..<length).map { _ in letters.randomElement(using: &random) ?? "a" }.joined()
            let parts = merged((" " + text).map(String.init), pieces)
            let expected = parts.flatMap { part in
                pieces[part] != nil ? [Array(part.utf8)] : part.replacing(" ", with: "\u{2581}").utf8.map { [$0] }
            }
            let ids = try tokenizer.encode(text, addingSpecialTokens: false)
            #expect(ids.map { tokenizer.bytes(of: $0) } == expected, "\(text)")
        }
    }

    private func index(of merge: (left: [UInt8], right: [UInt8]), in parts: [[UInt8]]) -> Int? {
        parts.indices.dropLast().first { parts[$0] == merge.left && parts[$0 + 1] == merge.right }
    }

    private func merged(_ characters: [String], _ pieces: [String: Double]) -> [String] {
        var parts = characters
        while true {
            var best: (place: Int, score: Double)?
            for place in parts.indices.dropLast() {
                guard let score = pieces[parts[place] + parts[place + 1]] else { continue }
                if score > best?.score ?? -.infinity { best = (place, score) }
            }
            guard let best else { return parts }
            parts.replaceSubrange(best.place...best.place + 1, with: [parts[best.place] + parts[best.place + 1]])
        }
    }
}
