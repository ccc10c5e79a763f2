import CheckpointFiles
public import LanguageModels
public import TensorCore
public import TextTokens
public import TokenDecoding

/// A model that reads and writes text: what a GGUF file or a model folder holds, ready to run.
///
/// It is immutable and may be used from any number of tasks at once.
///
/// ```swift
/// let model = try TextModel(path: "SmolLM2-135M-Instruct.Q4_1.gguf")
/// for try await piece in model.generate("func fibonacci(_ n: Int) -> Int {") { print(piece, terminator: "") }
/// ```
public struct TextModel: Sendable {
    /// The transformer.
    public let model: LoadedModel
    /// Its vocabulary.
    public let tokenizer: Tokenizer
    /// What the file or folder says about itself.
    public let summary: CheckpointSummary
    /// Seconds from opening the file to being ready.
    public let loadSeconds: Double

    /// Loads a GGUF file or a model folder (`config.json`, `model.safetensors`, `tokenizer.json`) and packs its weights
    /// for this machine.
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - threads: how many threads compute, 1...1024; by default one per physical core.
    /// - Throws: ``CheckpointError`` if the file cannot be read, is damaged or not supported;
    ///   ``KernelTableError`` if `LAYERSKIP_KERNELS` names a table that cannot run here; ``ThreadCountError``;
    ///   ``MemoryError``.
    public init(path: String, threads: Int? = nil) throws {
        try self.init(path: path, on: ComputeContext(threads: threads))
    }

    /// Loads a GGUF file or a model folder for a given table of kernels and pool of threads.
    ///
    /// - Throws: ``CheckpointError`` if the file cannot be read, is damaged or not supported.
    public init(path: String, on compute: ComputeContext) throws {
        let stopwatch = Stopwatch()
        try self.init(Checkpoint(path: path), on: compute, since: stopwatch) { _ in true }
    }

    /// Loads a checkpoint that has been opened.
    ///
    /// - Parameter threads: how many threads compute, 1...1024; by default one per physical core.
    /// - Throws: as above.
    public init(_ checkpoint: Checkpoint, threads: Int? = nil) throws {
        try self.init(checkpoint, on: ComputeContext(threads: threads))
    }

    /// Loads a checkpoint that has been opened, for a given table of kernels and pool of threads.
    ///
    /// - Throws: ``CheckpointError`` if its tokenizer or weights are missing, wrong or not supported.
    public init(_ checkpoint: Checkpoint, on compute: ComputeContext) throws {
        try self.init(checkpoint, on: compute, since: Stopwatch()) { _ in true }
    }

    /// - Parameters:
    ///   - stopwatch: started before the checkpoint was opened.
    ///   - progress: is told the share of the weights that are loaded, and returns whether to continue.
    init(
        _ checkpoint: Checkpoint, on compute: ComputeContext, since stopwatch: Stopwatch, progress: (Double) -> Bool
    ) throws {
        // Cheap checks first: what is to be refused should not be packed before.
        tokenizer = try checkpoint.tokenizer()
        summary = try CheckpointSummary(checkpoint, notes: tokenizer.notes)
        model = try LoadedModel(checkpoint.model(), on: compute, progress: progress)
        guard tokenizer.vocabularySize <= model.vocabularySize else {
            throw CheckpointError(
                file: checkpoint.path, name: summary.version == nil ? "tokenizer.json" : "tokenizer.ggml.tokens",
                expected: "at most one token for each of the model's \(model.vocabularySize) rows",
                found: "\(tokenizer.vocabularySize)")
        }
        loadSeconds = stopwatch.seconds
    }

    /// Self-speculation as the file says that it serves the model best; plain decoding where it says nothing.
    public var recommendedStrategy: DecodingStrategy {
        summary.speculation.map { .selfSpeculative($0) } ?? .plain
    }

    /// A setting for self-speculation: what is left out is as the file says, or else by default.
    public func speculation(exitLayer: Int? = nil, draftLength: Int? = nil) -> SpeculationSetting {
        let stated = summary.speculation
        return SpeculationSetting(
            exitLayer: exitLayer ?? stated?.exitLayer
                ?? SpeculationSetting.defaultExitLayer(of: summary.shape.layerCount),
            draftLength: draftLength ?? stated?.draftLength ?? SpeculationSetting.defaultDraftLength)
    }

    /// What had to be guessed about the model's text, or gets lost, for people.
    public var notes: [String] { tokenizer.notes }

    /// How the model's conversations are written.
    ///
    /// - Throws: ``CheckpointError`` where the model has no template, or one that is not known exactly.
    public func chatTemplate() throws(CheckpointError) -> ChatTemplate {
        guard let template = summary.chatTemplate else {
            throw CheckpointError(
                file: summary.path, name: "tokenizer.chat_template", expected: "a ChatML template", found: "none")
        }
        return try inFile(summary.path) { () throws(TokenizerError) in try ChatTemplate(jinja: template) }
    }
}
