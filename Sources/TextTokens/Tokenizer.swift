/// A tokenizer: converts text into token ids and back, as the checkpoint's own tokenizer does.
///
/// The reference for its output is Hugging Face's library for a tokenizer.json, and llama.cpp for a GGUF file, with one
/// difference: plain text never becomes a control token, even if merges would produce one.
public struct Tokenizer: Sendable {
    /// What turns a word into tokens.
    enum Model: Sendable {
        case merges(SharedMergeModel)
        case unigram(UnigramModel)
    }

    let model: Model
    let kinds: [TokenKind]
    let pieces: TokenPieces
    let normalizer: Normalizer
    let division: WordDivision
    let userTokens: WholeTokenFinder
    let specialTokens: WholeTokenFinder
    /// The tokens that start and end every text.
    let prefix: [Int32]
    let suffix: [Int32]
    /// Whether texts start with ``beginningOfText``.
    package let addsBeginningOfText: Bool
    /// Whether a conversation starts with ``beginningOfText`` even if its template does not write it.
    package let addsBeginningOfChats: Bool
    /// The maximum length of a token in bytes. The longest in use, mostly runs of whitespace, have a few hundred.
    static let longestToken = 4096

    private let wholeTokens: WholeTokenNames

    /// User-facing notes about guesses made in reading the tokenizer.
    public let notes: [String]
    /// The token that starts every text, if any.
    public let beginningOfText: Int32?
    /// The token that ends every text, if any.
    public let endOfText: Int32?
    /// All tokens that end an answer: those that the file names, and those recognised by their text, such as
    /// `<|im_end|>`.
    public let endOfTextTokens: Set<Int32>

    /// Creates the tokenizer that a file defines, in well under 0.1 s for 49 thousand tokens.
    ///
    /// - Throws: ``TokenizerError`` if the definition is of an unsupported kind or inconsistent.
    public init(_ definition: TokenizerDefinition) throws(TokenizerError) {
        let tokens = definition.tokens
        if tokens.isEmpty { throw .missing(table: "tokenizer.ggml.tokens", model: definition.model.rawValue) }
        if let kinds = definition.kinds, kinds.count != tokens.count {
            throw .wrongCount(table: "tokenizer.ggml.token_type", expected: tokens.count, found: kinds.count)
        }
        if let long = tokens.firstIndex(where: { $0.utf8.count > Self.longestToken }) {
            throw .tokenTooLong(id: long, limit: Self.longestToken, found: tokens[long].utf8.count)
        }
        let kinds = TokenKind.corrected(definition)
        let definition = try definition.completed()
        self.kinds = kinds
        var budget = PatternBudget()
        normalizer = try Normalizer(definition.normalizer ?? [], &budget)
        (model, division) = try Self.model(definition, kinds, &budget)
        pieces = try TokenPieces(definition, kinds, model, normalizer, &budget)

        let whole = tokens.indices.filter { definition.isMatchedWhole($0, kinds[$0]) }
            .map { (id: Int32($0), text: tokens[$0]) }
        // SentencePiece looks for the tokens' texts as they are.
        let normalizerOfTokens = definition.followsSentencePiece ? try Normalizer([]) : normalizer
        let (rule, flags) = (definition.wholeTokenRule, definition.flags)
        let runs = Set(definition.spaceRuns(kinds))
        userTokens = try WholeTokenFinder(
            whole.filter { kinds[Int($0.id)] == .userDefined }, rule: rule, flags: flags, spaceRuns: runs,
            normalizer: normalizerOfTokens)
        specialTokens = try WholeTokenFinder(
            whole, rule: rule, flags: flags, spaceRuns: runs, normalizer: normalizerOfTokens)
        wholeTokens = WholeTokenNames(whole)
        addsBeginningOfText = definition.addsBeginningOfText ?? false
        addsBeginningOfChats = definition.addsBeginningOfChats ?? addsBeginningOfText
        beginningOfText = definition.beginningOfText
        endOfText = definition.endOfText
        prefix = definition.prefix ?? [addsBeginningOfText ? beginningOfText : nil].compactMap(\.self)
        suffix = definition.suffix ?? [definition.addsEndOfText == true ? endOfText : nil].compactMap(\.self)
        let known = whole.map(\.id).filter { TokenKind.endsAnswer(tokens[Int($0)], kinds[Int($0)]) }
        endOfTextTokens = Set(definition.ends + known)
        notes = definition.notes
    }

    private static func model(
        _ definition: TokenizerDefinition, _ kinds: [TokenKind], _ budget: inout PatternBudget
    ) throws(TokenizerError) -> (Model, WordDivision) {
        let steps = definition.preTokenizerSteps ?? []
        let division: WordDivision = steps.isEmpty ? .whole : .steps(try PreTokenizer(steps: steps, &budget))
        switch definition.model {
        case .byteLevel:
            let model = try MergeModel.byteLevel(definition, kinds)
            guard definition.preTokenizerSteps == nil else { return (.merges(SharedMergeModel(model)), division) }
            return (
                .merges(SharedMergeModel(model)),
                .steps(try NamedPreTokenizer.find(definition.preTokenizer).preTokenizer)
            )
        case .characters, .scored:
            let model = try MergeModel.characters(definition, kinds)
            return (
                .merges(SharedMergeModel(model)), steps.isEmpty && MarkedWords.suit(model) ? .beforeMarks : division
            )
        case .unigram:
            return (.unigram(try UnigramModel(definition, kinds)), division)
        }
    }

    /// The number of token ids; ids are 0 to `vocabularySize - 1`.
    public var vocabularySize: Int { kinds.count }

    /// Whether a token represents structure rather than text; false for invalid ids.
    public func isSpecial(_ id: Int32) -> Bool {
        kinds.indices.contains(Int(id)) && kinds[Int(id)].isSpecial
    }

    /// Whether a token's text marks it as ending an answer, regardless of the file.
    package func endsAnswerByText(_ id: Int32) -> Bool {
        kinds.indices.contains(Int(id))
            && TokenKind.endsAnswer(String(decoding: bytes(of: id), as: UTF8.self), kinds[Int(id)])
            && kinds[Int(id)].isMatchedWhole
    }

    /// The id of the token with exactly this text, among control and user-defined tokens.
    public func specialToken(_ text: String) -> Int32? { wholeTokens.find(text) }
}
