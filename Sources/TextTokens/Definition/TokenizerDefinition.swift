/// A checkpoint file's definition of its tokenizer, in the terms of GGUF's `tokenizer.ggml.*` metadata.
///
/// The file's reader fills this in; this target does not know the file format. Token ids are positions in ``tokens``.
public struct TokenizerDefinition: Sendable {
    /// The kind of tokenizer, as in the file: "gpt2" means byte-level BPE, "llama" SentencePiece-style BPE.
    public var model: String
    /// The name of the rule that splits text into words before BPE ("smollm", "llama-bpe"); nil or "" means "default".
    public var preTokenizer: String?
    /// The text of each token: in the byte-level alphabet for "gpt2", with U+2581 for spaces for "llama".
    public var tokens: [String]
    /// A score per token; the highest merges first. Required for "llama", otherwise unused.
    public var scores: [Float]?
    /// A kind per token: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. Nil means all normal.
    public var kinds: [Int32]?
    /// Merges in order of priority, each two token texts separated by a space. Required for "gpt2", otherwise unused.
    public var merges: [String]?
    /// The token that starts every text.
    public var beginningOfText: Int32?
    /// The token that ends every text.
    public var endOfText: Int32?
    /// The token for text that the vocabulary cannot encode.
    public var unknown: Int32?
    /// Whether one ``unknown`` token replaces consecutive unknown characters of a word (`fuse_unk`).
    public var fusesUnknown = false
    /// Further tokens that end generated text, such as those that end a turn of a conversation. Their ids may be beyond
    /// the vocabulary if the model has rows without tokens.
    public var otherEnds: [Int32] = []
    /// The padding token. It is unused here and kept for other programs.
    public var padding: Int32?
    /// Whether encoding starts with ``beginningOfText``; nil means the model's convention.
    public var addsBeginningOfText: Bool?
    /// Whether a conversation starts with ``beginningOfText`` even if its template does not write it. Nil means the
    /// value of ``addsBeginningOfText``, which is llama.cpp's rule; transformers leaves it to the template.
    public var addsBeginningOfChats: Bool?
    /// Whether encoding a whole text ends with ``endOfText``; nil means no. Prompts never do.
    public var addsEndOfText: Bool?
    /// The rule for overlapping tokens that are both matched as a whole.
    public var wholeTokenRule = WholeTokenRule.longestFirst
    /// The tokens that are matched as a whole only in the text that the others leave.
    public var matchedLater: Set<Int32> = []
    /// Whether a space is added before the text; nil means the model's convention. Used for "llama" only.
    public var addsSpacePrefix: Bool?
    /// Whether special tokens drop the whitespace after them. No GGUF key states this: it is the convention of the
    /// Phi-3 family, recognised by `general.name`.
    public var stripsSpaceAfterSpecialTokens = false

    /// User-facing notes about what was guessed or left out in reading the definition.
    public var notes: [String] = []

    /// All tokens that the file says end generated text, ``endOfText`` first, without duplicates.
    package var ends: [Int32] {
        var ends: [Int32] = []
        for id in [endOfText].compactMap(\.self) + otherEnds where !ends.contains(id) { ends.append(id) }
        return ends
    }

    /// Creates a definition from a kind of tokenizer and its tokens; all other properties are unset.
    public init(model: String, preTokenizer: String? = nil, tokens: [String]) {
        self.model = model
        self.preTokenizer = preTokenizer
        self.tokens = tokens
    }
}
