/// Learns a vocabulary from a corpus: byte-level byte-pair encoding (Sennrich et al. 2016, on bytes as in GPT-2).
///
/// The vocabulary consists of the special tokens, the 256 bytes ordered by their characters in the byte-level alphabet,
/// and the results of merges. Each merge joins the most frequent pair of adjacent symbols and, among equals, the pair
/// with the lowest ids. So the same corpus gives the same vocabulary, regardless of the order and the number of threads
/// in which it was counted.
public struct TokenizerTrainer: Sendable {
    /// The target size of the vocabulary; it stays smaller if the corpus has too few pairs.
    public let vocabularySize: Int
    /// The special tokens; the first ends a text.
    public let specialTokens: [String]
    /// The rule that splits text into words, by llama.cpp's name.
    public let preTokenizer: String
    /// The minimum count of a pair to be merged.
    public let minimumCount: Int

    /// Creates a trainer.
    ///
    /// - Throws: ``TokenizerError`` if the vocabulary is too small or too large, a special token is unsuitable, or a
    ///   tokenizer.json cannot describe the pre-tokenizer.
    public init(
        vocabularySize: Int, specialTokens: [String] = ["<|endoftext|>"], preTokenizer: String = "smollm",
        minimumCount: Int = 2
    ) throws(TokenizerError) {
        precondition(minimumCount >= 1, "a pair occurs at least once")
        guard !specialTokens.isEmpty else { throw .unsuitableSpecialToken("") }
        let minimum = specialTokens.count + 256
        guard vocabularySize >= minimum else { throw .vocabularyTooSmall(minimum: minimum, found: vocabularySize) }
        let maximum = TokenizerDefinition.largestVocabulary
        guard vocabularySize <= maximum else { throw .vocabularyTooLarge(maximum: maximum, found: vocabularySize) }
        for (index, token) in specialTokens.enumerated() {
            guard token.utf8.count >= 2, !ByteAlphabet.isOneByte(token), !specialTokens[..<index].contains(token) else {
                throw .unsuitableSpecialToken(token)
            }
        }
        _ = try NamedPreTokenizer.known(preTokenizer)
        self.vocabularySize = vocabularySize
        self.specialTokens = specialTokens
        self.preTokenizer = preTokenizer
        self.minimumCount = minimumCount
    }

    /// A finder for the special tokens of the vocabulary to train.
    package var spelling: SpecialTokenSpelling { SpecialTokenSpelling(of: specialTokens) }

    /// Learns the vocabulary of a corpus.
    ///
    /// - Parameters:
    ///   - words: the corpus, counted with the trainer's own ``preTokenizer``.
    ///   - progress: called with the number of tokens so far; returns whether to continue.
    /// - Returns: the tokenizer; nil if `progress` returned false.
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
            // A tokenizer.json cannot hold two tokens of the same text, and tokenizers refuse longer ones.
            if specialTokens.contains(halves.left + halves.right) || left.count + right.count > Tokenizer.longestToken {
                continue
            }
            merges.append(halves.left + " " + halves.right)
            // Different merges may give the same token.
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
            model: .byteLevel, preTokenizer: preTokenizer, tokens: specialTokens + learned)
        definition.kinds =
            specialTokens.map { _ in TokenKind.control.rawValue } + learned.map { _ in TokenKind.normal.rawValue }
        definition.normalizer = []
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
