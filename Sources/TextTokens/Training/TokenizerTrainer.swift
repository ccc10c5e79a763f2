/// Learns a vocabulary from a corpus: byte-level byte-pair encoding (Sennrich et al. 2016, on bytes as in GPT-2).
///
/// The vocabulary is the special tokens, the 256 bytes in the order of their characters in the byte-level alphabet, and
/// what merges make. Each merge joins the two symbols that are neighbours most often, among equals the two with the
/// lowest ids. So the same corpus gives the same vocabulary, in whatever order and on however many threads it was
/// counted.
public struct TokenizerTrainer: Sendable {
    /// How many tokens the vocabulary shall have; it has fewer where the corpus has too few pairs.
    public let vocabularySize: Int
    /// The special tokens, of which the first ends a text.
    public let specialTokens: [String]
    /// The rule that cuts text into words, as llama.cpp names it.
    public let preTokenizer: String
    /// Pairs that occur less often are not merged.
    public let minimumCount: Int

    /// Says what to learn.
    ///
    /// - Throws: ``TokenizerError`` where the vocabulary is too small or too large, a special token is unsuitable, or
    ///   the pre-tokenizer is none that a tokenizer.json can describe.
    public init(
        vocabularySize: Int, specialTokens: [String] = ["<|endoftext|>"], preTokenizer: String = "smollm",
        minimumCount: Int = 2
    ) throws(TokenizerError) {
        precondition(!specialTokens.isEmpty && minimumCount >= 1, "some token ends a text, and a pair occurs")
        let minimum = specialTokens.count + 256
        guard vocabularySize >= minimum else { throw .vocabularyTooSmall(minimum: minimum, found: vocabularySize) }
        let maximum = TokenizerDefinition.largestVocabulary
        guard vocabularySize <= maximum else { throw .vocabularyTooLarge(maximum: maximum, found: vocabularySize) }
        for (index, token) in specialTokens.enumerated() {
            guard token.utf8.count >= 2, !ByteAlphabet.isOneByte(token), !specialTokens[..<index].contains(token) else {
                throw .unsuitableSpecialToken(token)
            }
        }
        _ = try HuggingFacePreTokenizer.named(preTokenizer)
        self.vocabularySize = vocabularySize
        self.specialTokens = specialTokens
        self.preTokenizer = preTokenizer
        self.minimumCount = minimumCount
    }

    /// Learns the vocabulary of a corpus.
    ///
    /// - Parameters:
    ///   - words: the corpus, counted with the trainer's own ``preTokenizer``.
    ///   - progress: is told how many tokens there are, and returns whether to continue.
    /// - Returns: the tokenizer; nil if `progress` said no.
    /// - Throws: ``TokenizerError/emptyCorpus``.
    public func definition(
        from words: WordCounts, progress: (Int) -> Bool = { _ in true }
    ) throws(TokenizerError) -> TokenizerDefinition? {
        guard !words.isEmpty else { throw .emptyCorpus }
        var tokens = ByteStringTable(minimumCapacity: vocabularySize)
        for token in specialTokens { tokens.add(token.utf8, findable: false) }
        for byte in ByteAlphabet.bytesByCharacter { tokens.add(CollectionOfOne(byte)) }
        let symbolOfByte = (0...255).map { tokens.find([UInt8($0)].span) ?? -1 }

        var pairs = PairCounts(words, symbolOfByte: symbolOfByte)
        var merges: [String] = []
        while tokens.count < vocabularySize, let pair = pairs.popMostFrequent(), pair.count >= minimumCount {
            if tokens.count.isMultiple(of: 64), !progress(tokens.count) { return nil }
            let left = tokens.bytes[tokens.range(of: Int(pair.left))]
            let right = tokens.bytes[tokens.range(of: Int(pair.right))]
            let halves = (left: ByteAlphabet.text(left), right: ByteAlphabet.text(right))
            // Two texts of the same token would be one in a tokenizer.json, and longer ones no tokenizer reads.
            if specialTokens.contains(halves.left + halves.right) || left.count + right.count > Tokenizer.longestToken {
                continue
            }
            merges.append(halves.left + " " + halves.right)
            // Two ways may lead to the same token.
            let merged = MergeModel.symbol(of: left + right, in: &tokens)
            pairs.merge(pair.left, pair.right, into: merged)
        }
        _ = progress(vocabularySize)
        return definition(tokens, merges)
    }

    private func definition(_ tokens: ByteStringTable, _ merges: [String]) -> TokenizerDefinition {
        let learned = (specialTokens.count..<tokens.count).map { id in
            ByteAlphabet.text(tokens.bytes[tokens.range(of: id)])
        }
        var definition = TokenizerDefinition(
            model: "gpt2", preTokenizer: preTokenizer, tokens: specialTokens + learned)
        definition.kinds =
            specialTokens.map { _ in TokenKind.control.rawValue } + learned.map { _ in TokenKind.normal.rawValue }
        definition.merges = merges
        definition.endOfText = 0
        definition.addsBeginningOfText = false
        return definition
    }
}

extension ByteAlphabet {
    fileprivate static func isOneByte(_ text: String) -> Bool {
        var bytes: [UInt8] = []
        return append(text[...].utf8, to: &bytes) && bytes.count == 1
    }
}
