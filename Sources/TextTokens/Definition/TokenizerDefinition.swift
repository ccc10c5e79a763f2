/// A file's definition of a tokenizer: its vocabulary and every step from text to tokens and back.
///
/// A GGUF file, a tokenizer.json and a tokenizer.model are all read into this value. Token ids are positions in
/// ``tokens``. The steps are those of Hugging Face's tokenizers: added tokens are cut out of the text, the text between
/// them is normalized and split into words, and the model turns each word into tokens.
public struct TokenizerDefinition: Sendable {
    /// The algorithm that turns a word into tokens.
    public var model: TokenizerModel
    /// The name of the rule that splits text into words, as in GGUF's `tokenizer.ggml.pre` ("smollm", "llama-bpe");
    /// nil or "" means "default". Used for ``TokenizerModel/byteLevel`` unless a file lists the steps.
    public var preTokenizer: String?
    /// The text of each token: in the byte-level alphabet for ``TokenizerModel/byteLevel``, otherwise usually with
    /// U+2581 for spaces. An empty text is an unused id.
    public var tokens: [String]
    /// A score per token. Required for ``TokenizerModel/scored`` and ``TokenizerModel/unigram``, otherwise unused.
    public var scores: [Double]?
    /// A kind per token: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. Nil means all normal.
    public var kinds: [Int32]?
    /// Merges in order of priority, each two token texts separated by a space. Required for the models with a list of
    /// merges, otherwise unused.
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
    /// Whether encoding a whole text ends with ``endOfText``; nil means the model's convention. Prompts never do.
    public var addsEndOfText: Bool?
    /// The rule for overlapping tokens that are both matched as a whole.
    public var wholeTokenRule = WholeTokenRule.longestFirst
    /// Whether a space is added before the text; nil means the model's convention. Not used for
    /// ``TokenizerModel/byteLevel``, nor if a file lists the steps.
    public var addsSpacePrefix: Bool?
    /// User-facing notes about what was guessed or left out in reading the definition.
    public var notes: [String] = []

    /// The steps that rewrite text before it is split; nil means the model's convention.
    package var normalizer: [NormalizerStep]?
    /// The steps that split text into words; nil means the rule named ``preTokenizer``.
    package var preTokenizerSteps: [PreTokenizerStep]?
    /// The steps that turn tokens into text; nil means the model's convention. Without steps, tokens are joined by
    /// spaces.
    package var decoder: [DecoderStep]?
    /// Whether a word that is itself a token becomes that token, regardless of merges (`ignore_merges`); nil means the
    /// convention of ``preTokenizer``.
    package var prefersWholeWords: Bool?
    /// Whether characters without a token are encoded byte by byte; false only if a file says so.
    package var fallsBackToBytes = true
    /// How tokens that are matched as a whole treat the text around them; those without an entry do not.
    package var flags: [Int32: MatchingFlags] = [:]
    /// The tokens that start every text, if they are not just ``beginningOfText``.
    package var prefix: [Int32]?
    /// The tokens that end every text, if they are not just ``endOfText``.
    package var suffix: [Int32]?

    /// Texts that words become besides ``tokens``: those whose ids added tokens have taken. Only a tokenizer.json with
    /// gaps in its ids has them.
    package var hidden: [Int32: String] = [:]

    /// All tokens that the file says end generated text, ``endOfText`` first, without duplicates.
    package var ends: [Int32] {
        var ends: [Int32] = []
        for id in [endOfText].compactMap(\.self) + otherEnds where !ends.contains(id) { ends.append(id) }
        return ends
    }

    /// Creates a definition from a kind of tokenizer and its tokens; all other properties are unset.
    public init(model: TokenizerModel, preTokenizer: String? = nil, tokens: [String]) {
        self.model = model
        self.preTokenizer = preTokenizer
        self.tokens = tokens
    }
}
