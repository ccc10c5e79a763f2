public import CheckpointFiles
public import LanguageModels
public import TextTokens
public import TokenDecoding

/// An opened model: each of its files has been read once, and its weights are mapped but not loaded.
///
/// Showing, loading, exporting and training a model all start from this value.
///
/// ```swift
/// let checkpoint = try Checkpoint(path: "SmolLM2-135M-Instruct.Q4_1.gguf")
/// print(checkpoint.configuration.layerCount, checkpoint.chatTemplate ?? "no chat template")
/// let model = try TextModel(checkpoint)
/// ```
public struct Checkpoint: Sendable {
    /// The opened path; nil for a model that is part of the program.
    let source: String?
    /// The model's files and configuration. If an adapter is merged into the weights, these may be in other files.
    package let files: ModelFiles
    /// The LoRA adapter that is merged into the weights, with the base that it changes; nil if there is none.
    let adapter: OpenedAdapter?
    /// The chat templates and the special tokens that they may write.
    package private(set) var templates: StoredChatTemplates
    /// Notes for people on what an adapter's folder replaces besides weights.
    private(set) var adapterNotes: [String] = []
    /// The model's best setting for self-speculation: the one that `tune --save` stored in the user's cache, or else
    /// the one in its file, or that of the published checkpoint whose name and shape it has; nil if there is none.
    public let speculation: SpeculationSetting?
    /// The exits in its file, or else that of ``speculation``.
    private let statedExits: [Int]
    /// The published checkpoint with the model's shape; nil if there is none, or if the model has a setting of its own.
    public let published: PublishedSpeculation?
    /// What is kept of a tuning on this machine; nil if the user has no cache.
    let tuning: KeptTuning?
    /// The tokens that the model wrote in a tuning, the most frequent first; nil if none are known.
    let writtenTokens: [Token]?
    /// The sampling that the files recommend.
    let recommended: RecommendedSampling
    /// Whether the exit block in a file next to the model's is used, if there is one. Drafts at its exit, and texts
    /// that end there, are then its own; the full model's texts never depend on it. A model with an adapter has none,
    /// because the adapter changes what the block was trained to read.
    public var usesExitBlock = true
    /// Settings that are passed on to other formats.
    let passed: PassedSettings
    /// The tokenizer or the error in it. Keeping the error allows the weights to be shown anyway.
    private let definition: Result<TokenizerDefinition, CheckpointError>

    /// Opens a GGUF file, a model folder or the checkpoint of a training run, with a LoRA adapter merged into its weights.
    ///
    /// - Parameters:
    ///   - path: the model. The folder of an adapter stands for the model that it names as its base, with the adapter.
    ///   - adapter: the folder of an adapter in PEFT's format; nil for none.
    /// - Throws: if it cannot be read, or if its description of the model is wrong or not supported. Errors in its
    ///   tokenizer are thrown by ``tokenizer()``, and those in the adapter's shapes when the weights are opened.
    public init(path: String, adapter: String? = nil) throws(CheckpointError) {
        guard adapter != nil || AdapterFolder.exists(path) else {
            try self.init(ModelFiles(path: path), source: path)
            return
        }
        let opened = try OpenedAdapter(path: adapter ?? path, base: adapter == nil ? nil : path)
        try self.init(opened.description(), source: path, opened)
        if let own = try opened.chatTemplates(besides: templates) {
            templates = own
            adapterNotes = ["the chat template is that of the adapter's folder, \(opened.folder.path)"]
        }
    }

    /// Opens a GGUF file that is part of the program.
    ///
    /// - Parameters:
    ///   - bytes: the file, which must stay in place and unchanged while the program runs.
    ///   - name: its name in errors, such as `the default model`.
    /// - Throws: as above.
    @unsafe public init(partOfProgram bytes: UnsafeRawBufferPointer, name: String) throws(CheckpointError) {
        let file = unsafe MappedFile(name: name, partOfProgram: bytes)
        try self.init(ModelFiles(GGUFFile(file)), source: nil)
    }

    private init(_ files: ModelFiles, source: String?, _ adapter: OpenedAdapter? = nil) throws(CheckpointError) {
        self.files = files
        self.source = source
        self.adapter = adapter
        // Tunings are kept for whole models.
        tuning = adapter == nil ? KeptTuning(of: files) : nil
        let tuned = tuning?.tuning
        // Drafts at its exit are what it is for, so that of another model of this shape is not.
        let hasBlock = adapter == nil && ExitBlockFile.exists(for: files)
        switch files {
        case .gguf(let file, let configuration):
            templates = try StoredChatTemplates(file.metadata)
            let stated = try SpeculationSetting(file.metadata, layerCount: configuration.layerCount)
            let written = try TokenRanking.written(in: file.metadata, size: configuration.vocabularySize)
            writtenTokens = tuned?.written ?? written
            let names = ["general.name", "general.basename", "general.finetune"].compactMap {
                try? file.metadata.stringIfPresent(named: $0)
            }
            published =
                tuned == nil && stated == nil && !hasBlock
                ? PublishedSpeculation(configuration, names: names + PublishedSpeculation.names(of: file.path)) : nil
            speculation = tuned.map(\.setting) ?? stated ?? published.flatMap { $0.isNamed ? $0.setting : nil }
            let several = try DraftExits.read(file.metadata, layerCount: configuration.layerCount)
            statedExits = (tuned == nil ? several : nil) ?? speculation.map { [$0.exitLayer] } ?? []
            recommended = RecommendedSampling(file.metadata)
            var passed = PassedSettings()
            passed.generation = recommended.members
            self.passed = passed
            definition = Result { () throws(CheckpointError) in try TokenizerDefinition(file.metadata) }
        case .folder(let folder, let stated):
            let texts = try TextFiles(folder.paths)
            templates = texts.chatTemplates
            writtenTokens = tuned?.written
            let names = PublishedSpeculation.names(of: folder.path) + [stated.origin].compactMap(\.self)
            published = tuned == nil && !hasBlock ? PublishedSpeculation(stated.model, names: names) : nil
            speculation = tuned.map(\.setting) ?? published.flatMap { $0.isNamed ? $0.setting : nil }
            statedExits = speculation.map { [$0.exitLayer] } ?? []
            recommended = RecommendedSampling(texts.generationMembers)
            passed = PassedSettings(texts)
            definition = Result { () throws(CheckpointError) in try TokenizerDefinition(folder.paths, stated, texts) }
        }
    }

    /// The path as given, or the name of a model that is part of the program. For a split GGUF file, the path of the
    /// first part.
    public var path: String { files.path }

    /// The exits from which drafts are chosen: those in its file, or else that of ``speculation``, or that of an exit
    /// block.
    public var exitLayers: [Int] { statedExits.isEmpty ? [exitBlock].compactMap(\.self) : statedExits }

    /// The exit with a block of its own, if it is used; nil if there is none, or it cannot be read, which is an error
    /// when the weights are opened.
    public var exitBlock: Int? { exitBlockFile?.exit }

    /// Whether there is an exit block that can be used, or that is damaged.
    package var hasExitBlock: Bool { !isAdapted && ExitBlockFile.exists(for: files) }

    /// The file of the exit block.
    var exitBlockFile: ExitBlockFile? { isAdapted || !usesExitBlock ? nil : try? ExitBlockFile(of: files) }

    /// The chat template for ordinary conversations, in Jinja; nil if there is none.
    public var chatTemplate: String? { templates.main }

    /// All of the model's tokens, those first that it writes most; nil if no tuning has ranked them.
    public var draftVocabulary: [Token]? {
        writtenTokens.map { TokenRanking.complete($0, size: configuration.vocabularySize) }
    }

    /// The model's architecture, shapes and constants.
    public var configuration: ModelConfiguration { files.configuration }

    /// The reason why the model cannot be run, as far as it is known without reading weights; nil if none is known.
    func obstacle() -> CheckpointError? {
        do throws(CheckpointError) {
            try model().checkTensors()
            _ = try tokenizerOfRows()
            return nil
        } catch {
            return error
        }
    }

    /// The sampling that the model's makers recommend: `generation_config.json`, or the metadata `general.sampling.*`;
    /// nil if there is none. Use it as ``GenerationOptions/sampling``.
    public var recommendedSampling: Sampling? { recommended.sampling }

    /// Returns the model's tensors, checked against its configuration.
    ///
    /// - Throws: if there is a tensor that the architecture does not use, or if a required head is missing.
    package func model() throws(CheckpointError) -> StoredModel {
        if let adapter { return try adapter.model() }
        return try StoredModel(files, withExitBlock: usesExitBlock)
    }

    /// Whether an adapter is merged into the weights.
    package var isAdapted: Bool { adapter != nil }

    /// Returns the definition of the tokenizer.
    ///
    /// - Throws: if something in the files is missing or wrong.
    public func tokenizerDefinition() throws(CheckpointError) -> TokenizerDefinition { try definition.get() }

    /// Creates the tokenizer.
    ///
    /// - Throws: as above, if the definition contradicts itself, or if there is no memory for its tables.
    public func tokenizer() throws(CheckpointError) -> Tokenizer {
        let definition = try definition.get()
        // A vocabulary's tables take about 200 bytes for each token.
        try CheckpointError.checkMemory(256 * definition.tokens.count, file: path, name: "tokenizer")
        return try inFile(tokenizerPath) { () throws(TokenizerError) in try Tokenizer(definition) }
    }

    /// Returns the definition of the tokenizer for writing it together with the model's rows.
    ///
    /// - Throws: as above, and if the tokenizer has more tokens than the model has rows.
    func tokenizerOfRows() throws(CheckpointError) -> TokenizerDefinition {
        let definition = try definition.get()
        _ = try tokenizer()
        let rows = configuration.vocabularySize
        guard definition.tokens.count <= rows else {
            throw CheckpointError(
                file: path, name: "tokenizer", expected: "at most one token for each of the model's \(rows) rows",
                found: "\(definition.tokens.count)")
        }
        return definition
    }

    /// The file that contains the tokenizer.
    var tokenizerPath: String {
        switch files {
        case .gguf(let file, _): file.path
        case .folder(let folder, _):
            TokenizerFile(in: folder.paths)?.path ?? folder.file(ModelFolder.Name.tokenizer)
        }
    }
}
