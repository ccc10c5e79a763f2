public import CheckpointFiles
public import LanguageModels
import TensorCore
import TextTokens

/// An export of a model: to another format, or with smaller weights.
///
/// ```swift
/// let export = try CheckpointExport(path: "checkpoint", to: .gguf, quantizing: .q4_K_M)
/// _ = try export.write(to: "model.gguf")
/// ```
public struct CheckpointExport: Sendable {
    /// The kind of output.
    public enum Target: String, Sendable, CaseIterable {
        /// One GGUF file, as llama.cpp and this package read it.
        case gguf
        /// A folder, as transformers and this package read it.
        case safetensors

        /// The recipes for the formats of matrices.
        public var recipes: [QuantizationRecipe] {
            switch self {
            case .gguf: QuantizationRecipe.all
            case .safetensors: QuantizationRecipe.all.filter { !$0.isQuantized }
            }
        }

        /// The order of query and key rows.
        func ropePairing(of architecture: Architecture) -> RoPEPairing {
            switch self {
            case .gguf: architecture.ggufPairing
            case .safetensors: .halfSplit
            }
        }
    }

    /// The kind of output.
    public let target: Target
    /// Notes for people on what differs from the request or gets lost, and why.
    public var notes: [String] {
        let notes = checkpoint.configuration.notes.texts + plan.notes + textNotes
        if target == .gguf {
            return notes + model.configuration.ggufNotes + [name?.note, checkpoint.tuning?.note].compactMap(\.self)
        }
        guard speculation != nil else { return notes }
        return notes + ["a folder has no place for the model's exit layers and draft length"]
    }
    /// The number of threads that convert weights; by default one per physical core. The output does not depend on it.
    public var threads: Int?
    /// The tensors that the last call of ``write(to:progress:)`` quantized.
    public var quantizedTensors: [QuantizedTensor] { quantized.all }
    /// The size in bytes of all weights as written.
    public var byteCount: Int { plan.byteCount }

    let checkpoint: Checkpoint
    let speculation: SpeculationSetting?
    let exitLayers: [Int]
    /// The name to write in a GGUF file; nil for the source's.
    let name: GGUFName?
    let model: StoredModel
    let plan: TensorPlan
    /// The formats that were asked for; nil if matrices keep theirs.
    let choice: QuantizationChoice?
    let quantized = QuantizedTensors()
    private let textNotes: [String]

    /// Opens a GGUF file, a model folder or a training checkpoint, and plans its export as described below.
    ///
    /// - Throws: ``CheckpointError`` as ``Checkpoint/init(path:adapter:)`` does, and as below.
    public init(
        path: String, to target: Target, quantizing recipe: QuantizationRecipe? = nil,
        importance: ImportanceMatrix? = nil, speculation: SpeculationSetting? = nil, exitLayers: [Int]? = nil,
        name: String? = nil
    ) throws(CheckpointError) {
        try self.init(
            Checkpoint(path: path), to: target, quantizing: recipe, importance: importance, speculation: speculation,
            exitLayers: exitLayers, name: name)
    }

    /// Plans the export of a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: the model to export.
    ///   - target: the kind of output.
    ///   - recipe: the formats of the matrices, one of the target's recipes. With nil each keeps its format, except
    ///     that quantized ones become F32 in a folder.
    ///   - importance: makes errors in important columns smaller than others. It needs a recipe.
    ///   - speculation: the setting for self-speculation to store in a GGUF file; nil for the source's. Folders cannot
    ///     store it.
    ///   - exitLayers: the exits from which drafts are chosen, to store with it; nil for that of the setting alone.
    ///   - name: the model's name to store in a GGUF file; nil for the source's. In a folder, the folder's name counts.
    /// - Throws: ``CheckpointError`` if a tensor is missing or not supported, the model has no such exit layer or no
    ///   such layers, the target has no such recipe, or the importance matrix is of another model.
    public init(
        _ checkpoint: Checkpoint, to target: Target, quantizing recipe: QuantizationRecipe? = nil,
        importance: ImportanceMatrix? = nil, speculation: SpeculationSetting? = nil, exitLayers: [Int]? = nil,
        name: String? = nil
    ) throws(CheckpointError) {
        if let recipe { try target.check(recipe, file: checkpoint.path) }
        if recipe == nil, let importance {
            throw CheckpointError(
                file: importance.name, expected: "a recipe to quantize the matrices with", found: "none")
        }
        self.target = target
        self.checkpoint = checkpoint
        model = try checkpoint.model()
        if target == .gguf { try model.configuration.checkForGGUF(file: checkpoint.path) }
        if let speculation {
            try speculation.check(layerCount: model.configuration.layerCount, file: checkpoint.path)
            self.speculation = speculation
            self.exitLayers = exitLayers ?? [speculation.exitLayer]
        } else {
            self.speculation = checkpoint.speculation
            self.exitLayers = exitLayers ?? checkpoint.exitLayers
        }
        if !self.exitLayers.isEmpty {
            try DraftExits.check(self.exitLayers, layerCount: model.configuration.layerCount) {
                CheckpointError(file: checkpoint.path, name: "exit layers", expected: $0, found: $1)
            }
        }
        var written = name
        if written == nil, case .folder(let folder, _) = checkpoint.files { written = folder.name }
        let tokens = (try? checkpoint.tokenizerDefinition())?.tokens ?? []
        self.name = target == .gguf ? written.map { GGUFName($0, tokens: tokens) } : nil
        textNotes = checkpoint.textNotes(for: target)
        choice = recipe.map { QuantizationChoice(recipe: $0, importance: importance) }
        plan = try TensorPlan(model, for: target, quantizing: choice)
    }

    /// Writes the file or folder atomically. Only a few megabytes of weights are in memory at a time.
    ///
    /// - Parameters:
    ///   - path: the output. A file is replaced; a folder must not exist or must be empty.
    ///   - progress: receives the number of bytes written, and returns whether to continue.
    /// - Returns: false, with nothing written, if `progress` returned false.
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` if the target's format cannot express the model, or the
    ///   weights cannot be written; ``FileError`` if the path is that of the source model, a file in its folder or the
    ///   importance matrix, or another file cannot be written; ``ThreadCountError`` for ``threads``. A file that was at
    ///   the path is then still there.
    public func write(to path: String, progress: (Int) -> Bool = { _ in true }) throws -> Bool {
        try inputs.check(output: path)
        return try write(target == .gguf ? .file : .folder, to: path, progress: progress)
    }
}

extension CheckpointExport.Target {
    /// Throws unless a recipe's formats, and those that replace them, can be written.
    fileprivate func check(_ recipe: QuantizationRecipe, file: String) throws(CheckpointError) {
        func failure(_ found: String) -> CheckpointError {
            CheckpointError(
                file: file, name: "format of the matrices",
                expected: "one of \(recipes.map(\.name).joined(separator: ", "))", found: found)
        }
        var plain = recipe
        plain.overrides = []
        guard recipes.contains(plain) else { throw failure(recipe.name) }
        guard self == .safetensors, let other = recipe.overrides.first(where: \.dtype.isQuantized) else { return }
        throw failure(other.dtype.rawValue)
    }
}
