import CheckpointFiles
public import LanguageModels
public import TensorCore
import TextTokens
public import TokenDecoding

/// A description of a GGUF file or a model folder, made without reading its weights. The model may be one that cannot
/// be run; ``obstacle`` then says why.
public struct CheckpointSummary: Sendable {
    /// The path as given, or `the default model`. For a split GGUF file, the path of the first part.
    public let path: String
    /// The paths of the files that hold the weights: one, the parts of a split GGUF file, or those of a folder.
    public let files: [String]
    /// The size in bytes of these files.
    public let byteCount: Int
    /// The GGUF version; nil for a folder.
    public let version: Int?
    /// The model's architecture, such as `llama`, supported or not; nil if the files name none.
    public let architecture: String?
    /// The model's name: `general.name`, or the name of the folder.
    public let name: String?
    /// The model's dimensions; nil if the files do not give them under the usual names.
    public let shape: ModelShape?
    /// The kind of tokenizer, with the names of `tokenizer.ggml.model`.
    public let tokenizerModel: String?
    /// The rule that splits text into words, with the names of `tokenizer.ggml.pre`.
    public let preTokenizer: String?
    /// Notes for people: what had to be guessed about the tokenizer, what it loses, or why it cannot be used.
    public let notes: [String]
    /// Notes for people on what had to be assumed about the model, such as the meaning of an unknown key.
    public let assumptions: [String]
    /// The tokens that begin and end texts; nil if the tokenizer cannot be used.
    public let textEnds: TextEnds?
    /// The chat templates and the special tokens that they may write.
    package let templates: StoredChatTemplates
    /// The model's best setting for self-speculation; see ``Checkpoint/speculation``.
    public let speculation: SpeculationSetting?
    /// The exit with a block of its own before the head; nil if there is none.
    public let exitBlock: Int?
    /// The exits from which drafts are chosen; see ``Checkpoint/exitLayers``.
    public let exitLayers: [Int]
    /// A note for people on what `tune --save` stored for the model, or why that is not used; nil if there is nothing.
    public let tuningNote: String?
    /// Whether ``speculation`` is from `tune --save`.
    public let isTuned: Bool
    /// See ``Checkpoint/draftVocabulary``.
    public let draftVocabulary: [Token]?
    /// The published checkpoint with the model's shape; nil if there is none, or if the model has a setting of its own.
    public let published: PublishedSpeculation?
    /// The sampling that the model's makers recommend; nil if there is none.
    public let recommendedSampling: Sampling?
    /// Notes for people on recommended values that are not used.
    public let samplingNotes: [String]
    /// Every tensor, ordered by name, with numbers in names ordered by value.
    public let tensors: [TensorEntry]
    /// The reason why the model cannot be run, as far as it is known without reading weights; nil if none is known.
    public let obstacle: CheckpointError?

    /// One tensor of the file.
    public struct TensorEntry: Sendable {
        /// The tensor's name in the file.
        public let name: String
        /// The name of the element format, such as `Q8_0` or `Q4_K`.
        public let format: String
        /// The element format; nil if it is not supported.
        public let dtype: DType?
        /// The dimensions, the contiguous one last; none for a single number.
        public let shape: [Int]
        /// The size in bytes in the file.
        public let byteCount: Int

        /// The number of elements.
        public var elementCount: Int { shape.reduce(1, *) }
    }

    /// The tokens that begin and end texts.
    public struct TextEnds: Sendable {
        /// The token that begins texts; nil if the vocabulary has none.
        public let beginning: Token?
        /// Whether a prompt begins with it.
        public let addsBeginning: Bool
        /// The tokens that end a generated text.
        public let ends: [Token]
        /// The texts of these tokens. A row of the model without a token has none.
        public let texts: [Token: String]

        init(_ tokenizer: Tokenizer) {
            beginning = tokenizer.beginningOfText
            addsBeginning = tokenizer.addsBeginningOfText
            ends = tokenizer.endOfTextTokens.sorted()
            let known = (ends + [beginning].compactMap(\.self)).filter { $0 < tokenizer.vocabularySize }
            texts = Dictionary(
                known.map { ($0, String(decoding: tokenizer.bytes(of: $0), as: UTF8.self)) },
                uniquingKeysWith: { text, _ in text })
        }
    }

    /// The chat templates in Jinja, by name. Ordinary conversations use `default`.
    public var chatTemplates: [String: String] { templates.texts }

    /// The number of elements in all tensors.
    public var parameterCount: Int { tensors.reduce(0) { $0 + $1.elementCount } }

    /// Summarizes the GGUF file, model folder or safetensors file at a path. If its model cannot be run, but its files
    /// can be parsed, ``obstacle`` says why.
    ///
    /// - Throws: ``CheckpointError`` if it cannot be read or is damaged.
    public init(path: String) throws(CheckpointError) {
        do {
            try self.init(Checkpoint(path: path))
        } catch {
            guard let summary = try? CheckpointSummary(parsing: path, obstacle: error) else { throw error }
            self = summary
        }
    }

    /// Summarizes a checkpoint. If its tokenizer cannot be read, a note says so, and the weights can still be shown.
    ///
    /// - Throws: ``CheckpointError`` if a name in a GGUF file's metadata is not a string.
    public init(_ checkpoint: Checkpoint) throws(CheckpointError) {
        let tokenizer: Tokenizer
        do {
            tokenizer = try checkpoint.tokenizer()
        } catch {
            try self.init(checkpoint, nil, notes: ["not usable: \(error)"], obstacle: checkpoint.obstacle())
            return
        }
        let notes = tokenizer.notes + [tokenizer.possibleLoss].compactMap(\.self)
        try self.init(checkpoint, tokenizer, notes: notes, obstacle: checkpoint.obstacle())
    }

    /// - Parameters:
    ///   - tokenizer: the checkpoint's tokenizer; nil if it cannot be used.
    ///   - notes: on the tokenizer.
    ///   - obstacle: the reason why the model cannot be run.
    init(
        _ checkpoint: Checkpoint, _ tokenizer: Tokenizer?, notes: [String], obstacle: CheckpointError?
    ) throws(CheckpointError) {
        self.notes = notes
        self.obstacle = obstacle
        assumptions = checkpoint.configuration.notes.texts + checkpoint.adapterNotes
        textEnds = tokenizer.map { TextEnds($0) }
        published = checkpoint.published
        recommendedSampling = checkpoint.recommendedSampling
        samplingNotes = checkpoint.recommended.notes
        shape = ModelShape(checkpoint.configuration)
        architecture = checkpoint.configuration.architecture.name
        path = checkpoint.path
        templates = checkpoint.templates
        speculation = checkpoint.speculation
        exitLayers = checkpoint.exitLayers
        tuningNote = checkpoint.tuning?.note
        isTuned = checkpoint.tuning?.tuning != nil
        draftVocabulary = checkpoint.draftVocabulary
        // If it cannot be read, that is the obstacle.
        let block = checkpoint.exitBlockFile
        exitBlock = block?.exit
        let blockTensors = block?.tensors ?? []
        let blockPaths = [block?.path].compactMap(\.self)
        let adapterFiles = [checkpoint.adapter?.folder.file].compactMap(\.self)
        let adapterSize = adapterFiles.reduce(0) { $0 + $1.mapping.byteCount }
        let adapterTensors = adapterFiles.flatMap { $0.tensors.map(\.listed) }
        switch checkpoint.adapter?.base ?? checkpoint.files {
        case .gguf(let file, _):
            let metadata = file.metadata
            files = file.files.map(\.path) + adapterFiles.map(\.path) + blockPaths
            byteCount = file.byteCount + adapterSize + (block?.byteCount ?? 0)
            version = Int(file.version)
            name = try metadata.stringIfPresent(named: "general.name")
            tokenizerModel = try metadata.stringIfPresent(named: "tokenizer.ggml.model")
            preTokenizer = try metadata.stringIfPresent(named: "tokenizer.ggml.pre")
            tensors = Self.entries(file.tensors.map(\.listed) + adapterTensors + blockTensors)
        case .folder(let folder, _):
            let tokenizer = try? checkpoint.tokenizerDefinition()
            files = (folder.source.files + adapterFiles).map(\.path) + blockPaths
            byteCount = folder.source.files.reduce(adapterSize + (block?.byteCount ?? 0)) { $0 + $1.mapping.byteCount }
            version = nil
            name = folder.name
            tokenizerModel = tokenizer?.model.rawValue
            preTokenizer = tokenizer?.preTokenizer
            tensors = Self.entries(folder.source.tensors.map(\.listed) + adapterTensors + blockTensors)
        }
    }

    /// Summarizes what can be parsed at a path whose model cannot be opened.
    ///
    /// - Parameter obstacle: the error of opening it.
    /// - Throws: if nothing can be parsed there, or a file with weights is damaged.
    private init(parsing path: String, obstacle: CheckpointError) throws(CheckpointError) {
        let parsed = try ParsedFiles(path: path)
        self.path = path
        self.obstacle = obstacle
        files = parsed.files
        byteCount = parsed.byteCount
        version = parsed.version
        architecture = parsed.architecture
        name = parsed.name
        shape = parsed.shape
        tokenizerModel = parsed.tokenizerModel
        preTokenizer = parsed.preTokenizer
        notes = parsed.notes
        templates = parsed.chatTemplates
        assumptions = []
        textEnds = nil
        speculation = nil
        exitBlock = nil
        exitLayers = []
        tuningNote = nil
        isTuned = false
        draftVocabulary = nil
        published = nil
        recommendedSampling = nil
        samplingNotes = []
        tensors = Self.entries(parsed.tensors)
    }

    private static func entries(_ tensors: [ListedTensor]) -> [TensorEntry] {
        tensors.map {
            TensorEntry(
                name: $0.name, format: $0.format, dtype: $0.dtype, shape: $0.shape, byteCount: $0.byteCount)
        }.sorted(byName: \.name)
    }
}
