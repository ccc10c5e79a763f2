/// What a checkpoint file says of its tokenizer, in the words of GGUF's `tokenizer.ggml.*` metadata.
///
/// The reader of the file fills this in; nothing here knows the file format. Token ids are positions in ``tokens``.
public struct TokenizerDefinition: Sendable {
    /// The kind of tokenizer, as in the file: "gpt2" is byte-level BPE, "llama" is SentencePiece-style BPE.
    public var model: String
    /// The name of the rule that cuts text into words before BPE ("smollm", "llama-bpe"); nil or "" means "default".
    public var preTokenizer: String?
    /// The text of each token: in the byte-level alphabet for "gpt2", with U+2581 for spaces for "llama".
    public var tokens: [String]
    /// One score a token; the highest merges first. Needed by "llama" only.
    public var scores: [Float]?
    /// One kind a token: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. Nil means all normal.
    public var kinds: [Int32]?
    /// Merges in order of priority, each two token texts with a space between. Needed by "gpt2" only.
    public var merges: [String]?
    /// The token that starts every text.
    public var beginningOfText: Int32?
    /// The token that ends every text.
    public var endOfText: Int32?
    /// The token for what the vocabulary cannot say.
    public var unknown: Int32?
    /// Whether ``unknown`` stands once for all neighbours in a word that the vocabulary cannot say (`fuse_unk`).
    public var fusesUnknown = false
    /// The tokens that also end generated text, such as those that end a turn of a conversation; any number. They may
    /// lie above the vocabulary, where a model has rows without tokens.
    public var otherEnds: [Int32] = []
    /// The token that fills batches up. Nothing here uses it; it is kept for other programs.
    public var padding: Int32?
    /// Whether encoding starts with ``beginningOfText``; nil leaves it to the model's convention.
    public var addsBeginningOfText: Bool?
    /// Whether a conversation starts with ``beginningOfText`` though its template does not write it; nil means as
    /// ``addsBeginningOfText``, which is llama.cpp's rule. Transformers leaves it to the template.
    public var addsBeginningOfChats: Bool?
    /// Whether encoding a whole text ends with ``endOfText``; nil means no. Prompts never do.
    public var addsEndOfText: Bool?
    /// Which of two overlapping tokens stands where both are matched whole.
    public var wholeTokenRule = WholeTokenRule.longestFirst
    /// The whole tokens that are looked for only in what the others leave.
    public var matchedLater: Set<Int32> = []
    /// Whether a space is put before the text; nil leaves it to the model's convention. Used by "llama" only.
    public var addsSpacePrefix: Bool?
    /// Whether special tokens swallow the whitespace that follows them. No GGUF key says so: it is the convention of
    /// the Phi-3 family, recognised by `general.name`.
    public var stripsSpaceAfterSpecialTokens = false

    /// What had to be guessed, or is left out, when the definition was read; for people.
    public var notes: [String] = []

    /// All tokens that the file says end generated text, ``endOfText`` first, each once.
    package var ends: [Int32] {
        var ends: [Int32] = []
        for id in [endOfText].compactMap(\.self) + otherEnds where !ends.contains(id) { ends.append(id) }
        return ends
    }

    /// A definition with a kind of tokenizer and its tokens; every other property starts out unsaid.
    public init(model: String, preTokenizer: String? = nil, tokens: [String]) {
        self.model = model
        self.preTokenizer = preTokenizer
        self.tokens = tokens
    }
}
