/// A tokenizer: converts text into token ids and back, as the checkpoint's own tokenizer does.
///
/// The reference for its output is llama.cpp, with two differences. Plain text never becomes a control token, even if
/// merges would produce one. And decoding never alters text, so it restores the input.
public struct Tokenizer: Sendable {
    let model: MergeModel
    let kinds: [TokenKind]
    let userTokens: WholeTokenFinder
    let specialTokens: WholeTokenFinder
    /// Whether texts start with ``beginningOfText``.
    package let addsBeginningOfText: Bool
    /// Whether a conversation starts with ``beginningOfText`` even if its template does not write it.
    package let addsBeginningOfChats: Bool
    let addsEndOfText: Bool
    let addsSpacePrefix: Bool
    /// The maximum length of a token in bytes. The longest in use, mostly runs of whitespace, have a few hundred.
    static let longestToken = 4096

    private let wholeTokens: WholeTokenNames

    let missingBytes: [UInt8]
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
        if tokens.isEmpty { throw .missing(table: "tokenizer.ggml.tokens", model: definition.model) }
        if let kinds = definition.kinds, kinds.count != tokens.count {
            throw .wrongCount(table: "tokenizer.ggml.token_type", expected: tokens.count, found: kinds.count)
        }
        if let long = tokens.firstIndex(where: { $0.utf8.count > Self.longestToken }) {
            throw .tokenTooLong(id: long, limit: Self.longestToken, found: tokens[long].utf8.count)
        }
        let kinds = TokenKind.corrected(definition)
        let definition = try definition.completed()
        switch definition.model {
        case "gpt2": model = try .byteLevel(definition, kinds)
        case "llama": model = try .sentencePiece(definition, kinds)
        default: throw .unsupportedModel(found: definition.model, known: ["gpt2", "llama"])
        }
        self.kinds = kinds
        let whole = tokens.indices.filter { kinds[$0].isMatchedWhole }.map { (id: Int32($0), text: tokens[$0]) }
        let swallowing = definition.tokensThatSwallowSpace(whole.map(\.id))
        let (rule, later) = (definition.wholeTokenRule, definition.matchedLater)
        userTokens = WholeTokenFinder(
            whole.filter { kinds[Int($0.id)] == .userDefined }, rule: rule, later: later, swallowsSpace: swallowing)
        specialTokens = WholeTokenFinder(whole, rule: rule, later: later, swallowsSpace: swallowing)
        wholeTokens = WholeTokenNames(whole)
        addsBeginningOfText = definition.addsBeginningOfText ?? false
        addsBeginningOfChats = definition.addsBeginningOfChats ?? addsBeginningOfText
        addsEndOfText = definition.addsEndOfText ?? false
        addsSpacePrefix = definition.addsSpacePrefix ?? false
        beginningOfText = definition.beginningOfText
        endOfText = definition.endOfText
        let known = whole.filter { TokenKind.endsAnswer($0.text, kinds[Int($0.id)]) }.map(\.id)
        endOfTextTokens = Set(definition.ends + known)
        notes = definition.notes
        missingBytes = Self.missingBytes(model)
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

extension TokenizerDefinition {
    /// The definition with its kind's defaults for everything that the file leaves out.
    fileprivate func completed() throws(TokenizerError) -> TokenizerDefinition {
        var result = self
        if model == "llama" {
            func standard(_ id: Int32) -> Int32? { id < tokens.count ? id : nil }
            result.unknown = unknown ?? standard(0)
            result.beginningOfText = beginningOfText ?? standard(1)
            result.endOfText = endOfText ?? standard(2)
            result.addsBeginningOfText = addsBeginningOfText ?? true
            result.addsSpacePrefix = addsSpacePrefix ?? true
        } else if model == "gpt2" {
            let named = try NamedPreTokenizer.find(preTokenizer)
            result.addsBeginningOfText = addsBeginningOfText ?? named.addsBeginningOfText
            result.addsSpacePrefix = false
        }
        let ids = [
            ("bos_token_id", beginningOfText), ("eos_token_id", endOfText), ("unknown_token_id", unknown),
            ("padding_token_id", padding),
        ]
        for (name, id) in ids {
            guard let id, !tokens.indices.contains(Int(id)) else { continue }
            throw .idOutOfRange(name: "tokenizer.ggml." + name, found: id, vocabularySize: tokens.count)
        }
        // Ids beyond the vocabulary are allowed: a model's rows without a token may end a text too.
        if let id = otherEnds.first(where: { $0 < 0 }) {
            throw .idOutOfRange(name: "tokenizer.ggml.eot_token_id", found: id, vocabularySize: tokens.count)
        }
        return result
    }

    /// The tokens that drop the whitespace after them: in the Phi-3 family, all special tokens except three.
    fileprivate func tokensThatSwallowSpace(_ special: [Int32]) -> Set<Int32> {
        guard stripsSpaceAfterSpecialTokens else { return [] }
        return Set(special.filter { !["<unk>", "<s>", "<|endoftext|>"].contains(tokens[Int($0)]) })
    }
}
