import CheckpointFiles
public import LanguageModels
public import TensorCore
public import TextTokens
public import TokenDecoding

/// A language model with its tokenizer, loaded from a GGUF file or a model folder and ready to run.
///
/// It is immutable and can be used from any number of tasks at once.
///
/// ```swift
/// let model = try TextModel(path: "SmolLM2-135M-Instruct.Q4_1.gguf")
/// for try await piece in model.generate("func fibonacci(_ n: Int) -> Int {") { print(piece, terminator: "") }
/// ```
public struct TextModel: Sendable {
    /// The transformer.
    package let model: LoadedModel
    /// The tokenizer.
    public let tokenizer: Tokenizer
    /// A description of the file or folder.
    public let summary: CheckpointSummary
    /// The model's dimensions.
    public let shape: ModelShape
    /// What drafts can run besides the model's layers and head.
    let drafting: LoadedDrafting
    /// What texts of this model have learned about drafts.
    let experience = SharedExperience()
    /// How this model differs from the one that a stored tuning measured; nil if it does not.
    private let tuningDifference: String?
    /// The loading time in seconds.
    public let loadSeconds: Double

    /// Loads a GGUF file or a model folder (`config.json`, `model.safetensors`, `tokenizer.json`) and packs its weights
    /// for this machine.
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - threads: the number of threads, 1...1024; nil for one per physical core.
    ///   - loading: how the weights are loaded.
    /// - Throws: ``CheckpointError`` if the file cannot be read, is damaged or not supported, or there is no memory for
    ///   its weights; ``KernelTableError`` if `LAYERSKIP_KERNELS` names a table that cannot run here;
    ///   ``ThreadCountError``; ``GenerationError`` if an option for drafts is out of range.
    public init(path: String, threads: Int? = nil, loading: LoadingOptions = LoadingOptions()) throws {
        try self.init(path: path, on: ComputeContext(threads: threads), loading: loading)
    }

    /// Loads a GGUF file or a model folder for a given kernel table and thread pool.
    ///
    /// - Throws: ``CheckpointError`` if the file cannot be read, is damaged or not supported, or there is no memory for
    ///   its weights.
    public init(path: String, on compute: ComputeContext, loading: LoadingOptions = LoadingOptions()) throws {
        let stopwatch = Stopwatch()
        try self.init(Checkpoint(path: path), on: compute, loading, since: stopwatch) { _ in true }
    }

    /// Loads a checkpoint that has been opened.
    ///
    /// - Parameters:
    ///   - checkpoint: the model's files.
    ///   - threads: the number of threads, 1...1024; nil for one per physical core.
    ///   - loading: how the weights are loaded.
    /// - Throws: as above.
    public init(_ checkpoint: Checkpoint, threads: Int? = nil, loading: LoadingOptions = LoadingOptions()) throws {
        try self.init(checkpoint, on: ComputeContext(threads: threads), loading: loading)
    }

    /// Loads an opened checkpoint for a given kernel table and thread pool.
    ///
    /// - Throws: ``CheckpointError`` if its tokenizer or weights are missing, wrong or not supported, or there is no
    ///   memory for them; ``GenerationError`` if an option for drafts is out of range.
    public init(
        _ checkpoint: Checkpoint, on compute: ComputeContext, loading: LoadingOptions = LoadingOptions()
    ) throws {
        try self.init(checkpoint, on: compute, loading, since: Stopwatch()) { _ in true }
    }

    /// - Parameters:
    ///   - stopwatch: a stopwatch that was started before the checkpoint was opened.
    ///   - progress: is told the fraction of the weights that is loaded, and returns whether to continue.
    package init(
        _ checkpoint: Checkpoint, on compute: ComputeContext, _ loading: LoadingOptions,
        since stopwatch: Stopwatch = Stopwatch(), progress: (Double) -> Bool
    ) throws {
        // Cheap checks come first, before the weights are packed.
        try loading.drafting.validate()
        tokenizer = try checkpoint.tokenizer()
        summary = try CheckpointSummary(checkpoint, tokenizer, notes: tokenizer.notes, obstacle: nil)
        shape = ModelShape(checkpoint.configuration)
        let (stored, weights) = try (checkpoint.model(), loading.weights(of: checkpoint))
        let plan = try LowBitCopy(loading.drafting.lowBit, of: stored, weights)
        let share = 1 - (plan?.share ?? 0)
        model = try LoadedModel(stored, on: compute, weights) { progress(share * $0) }
        tuningDifference = checkpoint.tuning?.difference(
            threads: compute.pool.threadCount, quantization: loading.quantization,
            leavesOutExitBlock: !checkpoint.usesExitBlock && checkpoint.hasExitBlock)
        var notes: [String] = []
        let lowBit = try plan?.load(stored, for: model, weights, notes: &notes) {
            progress(share + (1 - share) * $0)
        }
        drafting = LoadedDrafting(
            loading.drafting, lowBit: lowBit, notes: notes, ranking: checkpoint.writtenTokens ?? [])
        guard tokenizer.vocabularySize <= model.vocabularySize else {
            throw CheckpointError(
                file: checkpoint.path, name: summary.version == nil ? "tokenizer.json" : "tokenizer.ggml.tokens",
                expected: "at most one token for each of the model's \(model.vocabularySize) rows",
                found: "\(tokenizer.vocabularySize)")
        }
        loadSeconds = stopwatch.seconds
    }

    /// Drafts chosen by measured cost, also from the exit layers in the model's file or that of the published checkpoint
    /// that it is, if there are any.
    public var recommendedStrategy: DecodingStrategy { autoStrategy(exitLayers: nil) }

    /// Drafts chosen by measured cost.
    ///
    /// - Parameter exitLayers: the numbers of layers that may draft; nil for the exit layers in the model's file or that
    ///   of the published checkpoint that it is. Drafts by all layers would cost as much as the text, so there are none.
    package func autoStrategy(exitLayers: [Int]?) -> DecodingStrategy {
        .auto(exitLayers: (exitLayers ?? summary.exitLayers).filter { $0 != shape.layerCount })
    }

    /// Whether any drafts of a strategy are by layers, and not only from earlier text.
    package func draftsByLayers(_ strategy: DecodingStrategy) -> Bool { drafting.draftsByLayers(strategy) }

    /// Whether nothing drafts for a strategy that chooses among sources of drafts.
    package func hasNoSource(_ strategy: DecodingStrategy) -> Bool { drafting.hasNoSource(strategy) }

    /// A setting for self-speculation: what is left out is as the file says, or as published for a checkpoint of this
    /// shape, or else the exit of an exit block, or by default.
    public func speculation(exitLayer: Int? = nil, draftLength: Int? = nil) -> SpeculationSetting {
        let stated = summary.speculation ?? summary.published?.setting
        return SpeculationSetting(
            exitLayer: exitLayer ?? stated?.exitLayer ?? summary.exitBlock
                ?? SpeculationSetting.defaultExitLayer(of: shape.layerCount),
            draftLength: draftLength ?? stated?.draftLength ?? SpeculationSetting.defaultDraftLength)
    }

    /// Notes for people on what had to be assumed about the model, and guessed about its text, or gets lost, on what
    /// was done to its weights, and on what is known from a tuning.
    public var notes: [String] {
        summary.assumptions + tokenizer.notes + model.notes + drafting.notes
            + [summary.tuningNote, tuningDifference].compactMap(\.self)
    }
}
