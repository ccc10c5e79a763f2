import TestSupport
import Testing

@testable import TextTokens

/// Training a vocabulary, compared with a slow, obvious implementation and with Hugging Face's trainer.
struct TrainerTests {
    /// Learns merges by recounting everything for each merge.
    private func naiveMerges(_ texts: [String], _ trainer: TokenizerTrainer) throws -> [String] {
        let preTokenizer = try NamedPreTokenizer.find(trainer.preTokenizer).preTokenizer
        let alphabet = ByteAlphabet.bytesByCharacter
        var symbols = trainer.specialTokens.map { _ in [UInt8]() } + alphabet.map { [$0] }
        var words: [[Int]] = []
        for text in texts {
            let bytes = Array(text.utf8)
            var start = 0
            for end in preTokenizer.wordEnds(in: bytes.span, bytes.indices) {
                words.append(bytes[start..<end].map { symbols.firstIndex(of: [$0]) ?? -1 })
                start = end
            }
        }
        var merges: [String] = []
        while symbols.count < trainer.vocabularySize {
            var counts: [[Int]: Int] = [:]
            for word in words { for pair in zip(word, word.dropFirst()) { counts[[pair.0, pair.1], default: 0] += 1 } }
            let best = counts.min { a, b in
                a.value != b.value ? a.value > b.value : a.key.lexicographicallyPrecedes(b.key)
            }
            guard let best, best.value >= trainer.minimumCount else { break }
            let (left, right) = (symbols[best.key[0]], symbols[best.key[1]])
            merges.append(ByteAlphabet.text(left) + " " + ByteAlphabet.text(right))
            let merged = symbols.firstIndex(of: left + right) ?? symbols.count
            if merged == symbols.count { symbols.append(left + right) }
            words = words.map { word in
                var result: [Int] = []
                var place = 0
                while place < word.count {
                    let isPair = place + 1 < word.count && Array(word[place...place + 1]) == best.key
                    result.append(isPair ? merged : word[place])
                    place += isPair ? 2 : 1
                }
                return result
            }
        }
        return merges
    }

    private func learn(_ texts: [String], _ trainer: TokenizerTrainer) throws -> TokenizerDefinition {
        var words = try WordCounts(preTokenizer: trainer.preTokenizer)
        for text in texts { words.add(Array(text.utf8)) }
        return try #require(try trainer.definition(from: words))
    }

    @Test(arguments: 0..<30) func learnsLikeTheNaiveTrainer(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        // A small alphabet gives runs of one letter, ties, and tokens that two merges produce.
        let letters = Array("aaab bé1".prefix(Int.random(in: 2...8, using: &random)))
        let texts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
            String(
                (0..<Int.random(in: 0...60, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        let trainer = try TokenizerTrainer(
            vocabularySize: 257 + Int.random(in: 0...40, using: &random),
            preTokenizer: Bool.random(using: &random) ? "gpt-2" : "smollm",
            minimumCount: Int.random(in: 1...3, using: &random))
        guard texts.contains(where: { !$0.isEmpty }) else { return }
        #expect(try learn(texts, trainer).merges == naiveMerges(texts, trainer))
    }

    @Test(arguments: ["gpt-2", "smollm"]) func learnsWhatHuggingFaceLearns(name: String) throws {
        let pages = try Pages.all
        let trainer = try TokenizerTrainer(
            vocabularySize: 700, specialTokens: ["<|endoftext|>", "<|im_start|>"], preTokenizer: name)
        let ours = try learn(pages.map(\.text), trainer)
        let theirs = try TokenizerDefinition(json: Pages.bytes("vocabulary-\(name).json"))
        #expect(ours.merges == theirs.merges)
        #expect(ours.tokens == theirs.tokens)
        #expect(ours.fingerprint == theirs.fingerprint)
        let ids: [String: [String: [Int32]]] = try Goldens.json("vocabularies.json")
        for definition in [ours, theirs] {
            let tokenizer = try Tokenizer(definition)
            for page in pages {
                #expect(try tokenizer.encode(page.text) == ids[name]?[page.name], "\(page.name)")
                #expect(try tokenizer.decode(tokenizer.encode(page.text)) == page.text)
            }
        }
    }

    @Test func theOrderOfTheTextsChangesNothing() throws {
        let texts = try Pages.all.map(\.text)
        let trainer = try TokenizerTrainer(vocabularySize: 500)
        var parts = try texts.map { text in
            var words = try WordCounts(preTokenizer: trainer.preTokenizer)
            words.add(Array(text.utf8))
            return words
        }
        parts.reverse()
        var all = parts[0]
        for part in parts.dropFirst() { all.add(part) }
        #expect(try trainer.definition(from: all)?.merges == learn(texts, trainer).merges)
    }

    @Test func textNeverMergesIntoASpecialToken() throws {
        let trainer = try TokenizerTrainer(vocabularySize: 400, specialTokens: ["abc", "<|endoftext|>"])
        let definition = try learn([String(repeating: "abc abcd abc ", count: 20)], trainer)
        #expect(Set(definition.tokens).count == definition.tokens.count)
        #expect(definition.endOfText == 0)
        let tokenizer = try Tokenizer(definition)
        #expect(try !tokenizer.encode("abc").contains(0))
        #expect(try tokenizer.encode("abc", parsingSpecialTokens: true) == [0])
    }

    /// Chinese without punctuation, and proteins, are a single long word.
    @Test func longWordsAreLearnedFromWhole() throws {
        var random = SeededGenerator(seed: 5)
        func word(_ letters: String, _ count: Int) -> String {
            let letters = Array(letters)
            return String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
        }
        for text in [word("天地玄黃宇宙洪荒", 2000), word("ACDEFGHIKL", 5000) + " " + word("ACDE", 4500)] {
            let trainer = try TokenizerTrainer(vocabularySize: 290)
            #expect(text.utf8.count > WordPieces.longWord)
            let definition = try learn([text], trainer)
            #expect(definition.tokens.count == 290)
            #expect(try definition.merges == naiveMerges([text], trainer))
        }
    }

    @Test func manyLongWordsAreCutBetweenCharacters() throws {
        var words = try WordCounts(preTokenizer: "gpt-2")
        let texts = (0..<30).map {
            String(repeating: "é漢\(Character(Unicode.Scalar(0x4E00 + UInt32($0)) ?? "a"))", count: 1200)
        }
        for text in texts { words.add(Array(text.utf8)) }
        words.add(Array("short".utf8))
        let pieces = WordPieces(words)
        let bytes = words.words.bytes
        var end = 0
        for (range, count) in pieces.all {
            #expect(range.lowerBound == end && count == 1)
            #expect(range.count <= WordPieces.piece && !range.isEmpty)
            #expect(String(validating: bytes[range], as: UTF8.self) != nil)
            end = range.upperBound
        }
        #expect(end == bytes.count)
        let trainer = try TokenizerTrainer(vocabularySize: 300, preTokenizer: "gpt-2")
        #expect(try trainer.definition(from: words)?.tokens.count == 300)
    }

    @Test func noTokenIsLongerThanATokenizerReads() throws {
        let trainer = try TokenizerTrainer(vocabularySize: 280)
        let definition = try learn([String(repeating: "A", count: 40000)], trainer)
        #expect(definition.tokens.map(\.utf8.count).max() == 4096)
        _ = try Tokenizer(definition)
    }

    @Test func stopsWhenTold() throws {
        let trainer = try TokenizerTrainer(vocabularySize: 700)
        var words = try WordCounts(preTokenizer: trainer.preTokenizer)
        for page in try Pages.all { words.add(Array(page.text.utf8)) }
        var told: [Int] = []
        let definition = try trainer.definition(from: words) { count in
            told.append(count)
            return count < 400
        }
        #expect(definition == nil)
        #expect(told.last.map { (400..<500).contains($0) } == true)
    }

    @Test func whatCannotBeLearnedIsAnError() throws {
        #expect(throws: TokenizerError.vocabularyTooSmall(minimum: 257, found: 256)) {
            try TokenizerTrainer(vocabularySize: 256)
        }
        #expect(throws: TokenizerError.vocabularyTooSmall(minimum: 258, found: -1)) {
            try TokenizerTrainer(vocabularySize: -1, specialTokens: ["<a>", "<b>"])
        }
        #expect(throws: TokenizerError.vocabularyTooLarge(maximum: 1 << 24, found: .max)) {
            try TokenizerTrainer(vocabularySize: .max)
        }
        for token in ["", "a", "Ġ"] {
            #expect(throws: TokenizerError.unsuitableSpecialToken(token)) {
                try TokenizerTrainer(vocabularySize: 300, specialTokens: [token])
            }
        }
        #expect(throws: TokenizerError.unsuitableSpecialToken("<a>")) {
            try TokenizerTrainer(vocabularySize: 300, specialTokens: ["<a>", "<b>", "<a>"])
        }
        let error = #expect(throws: TokenizerError.self) {
            try TokenizerTrainer(vocabularySize: 300, preTokenizer: "no-such-rule")
        }
        #expect(error?.description.contains("smollm") == true)
        let trainer = try TokenizerTrainer(vocabularySize: 300)
        #expect(throws: TokenizerError.emptyCorpus) {
            try trainer.definition(from: WordCounts(preTokenizer: "smollm"))
        }
    }
}
