public import CheckpointFiles
public import LanguageModels
public import TextTokens

/// A model that has been opened: each of its files has been read once, and its weights are mapped but not loaded.
///
/// Whatever shows, loads, exports or trains a model takes this value.
///
/// ```swift
/// let checkpoint = try Checkpoint(path: "SmolLM2-135M-Instruct.Q4_1.gguf")
/// print(checkpoint.configuration.layerCount, checkpoint.chatTemplate ?? "no chat template")
/// let model = try TextModel(checkpoint)
/// ```
public struct Checkpoint: Sendable {
    /// The path that was opened; nil for a model that is part of the program.
    let source: String?
    /// The files, and what they say about the model.
    package let files: ModelFiles
    /// The template of conversations, in Jinja; nil where there is none.
    public let chatTemplate: String?
    /// How the model speculates on itself best; nil where the files do not say.
    public let speculation: SpeculationSetting?
    /// What only other programs read, such as the sampling that the model's makers recommend.
    let passed: PassedSettings
    /// The tokenizer, or what is wrong with it: the weights can be shown all the same.
    private let definition: Result<TokenizerDefinition, CheckpointError>

    /// Opens a GGUF file, a model folder or the checkpoint of a training run.
    ///
    /// - Throws: if it cannot be read, or what it says about its model is wrong or not supported. Errors in its
    ///   tokenizer are thrown by ``tokenizer()``.
    public init(path: String) throws(CheckpointError) {
        try self.init(ModelFiles(path: path), source: path)
    }

    /// Opens a GGUF file that is part of the program.
    ///
    /// - Parameters:
    ///   - bytes: the file, which must stay where it is and unchanged as long as the program runs.
    ///   - name: what errors call it, such as `the default model`.
    /// - Throws: as above.
    @unsafe public init(partOfProgram bytes: UnsafeRawBufferPointer, name: String) throws(CheckpointError) {
        let file = unsafe MappedFile(name: name, partOfProgram: bytes)
        try self.init(ModelFiles(GGUFFile(file)), source: nil)
    }

    private init(_ files: ModelFiles, source: String?) throws(CheckpointError) {
        self.files = files
        self.source = source
        switch files {
        case .gguf(let file, let configuration):
            chatTemplate = try file.metadata.stringIfPresent(named: "tokenizer.chat_template")
            speculation = try SpeculationSetting(file.metadata, layerCount: configuration.layerCount)
            passed = PassedSettings()
            definition = Result { () throws(CheckpointError) in try TokenizerDefinition(file.metadata) }
        case .folder(let folder, let stated):
            let texts = try TextFiles(folder)
            chatTemplate = texts.chatTemplate
            speculation = nil
            passed = PassedSettings(texts)
            definition = Result { () throws(CheckpointError) in try TokenizerDefinition(folder, stated, texts) }
        }
    }

    /// The path as it was given, or the name of a model that is part of the program.
    public var path: String { files.path }

    /// The model's architecture, shapes and constants.
    public var configuration: ModelConfiguration { files.configuration }

    /// The model's tensors, checked to be those of its configuration.
    ///
    /// - Throws: if there is a tensor that the architecture has no use for, or no head where there should be.
    package func model() throws(CheckpointError) -> StoredModel { try StoredModel(files) }

    /// What the tokenizer is made of.
    ///
    /// - Throws: where something in the files is missing or wrong.
    public func tokenizerDefinition() throws(CheckpointError) -> TokenizerDefinition { try definition.get() }

    /// The tokenizer.
    ///
    /// - Throws: as above, where the definition contradicts itself, or if there is no memory for its tables.
    public func tokenizer() throws(CheckpointError) -> Tokenizer {
        let definition = try definition.get()
        // A vocabulary's tables take about 200 bytes for each token.
        try CheckpointError.checkMemory(256 * definition.tokens.count, file: path, name: "tokenizer")
        return try inFile(tokenizerPath) { () throws(TokenizerError) in try Tokenizer(definition) }
    }

    /// What the tokenizer is made of, to be written with the model's rows.
    ///
    /// - Throws: as above, and where the tokenizer has more tokens than there are rows.
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

    /// The file that the tokenizer is in.
    var tokenizerPath: String {
        switch files {
        case .gguf(let file, _): file.path
        case .folder(let folder, _): folder.file(ModelFolder.Name.tokenizer)
        }
    }
}
