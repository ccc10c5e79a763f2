import CheckpointFiles
import LanguageModels
public import TensorCore
import TextTokens

/// An export of a model: to another format, or with smaller weights.
///
/// ```swift
/// let export = try CheckpointExport(path: "checkpoint", to: .gguf, quantizing: .q8_0)
/// _ = try export.write(to: "model.gguf")
/// ```
public struct CheckpointExport: Sendable {
    /// The kind of output.
    public enum Target: String, Sendable, CaseIterable {
        /// One GGUF file, as llama.cpp and this package read it.
        case gguf
        /// A folder, as transformers and this package read it.
        case safetensors

        /// The formats that matrices can be converted to.
        public var formats: [DType] {
            switch self {
            case .gguf: DType.allCases.filter(\.isWritable)
            case .safetensors: DType.allCases.filter { $0.isWritable && !$0.isQuantized }
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
        if target == .gguf { return notes + model.configuration.ggufNotes + [name?.note].compactMap(\.self) }
        guard speculation != nil else { return notes }
        return notes + ["a folder has no place for the model's exit layer and draft length"]
    }
    /// The size in bytes of all weights as written.
    public var byteCount: Int { plan.byteCount }

    let checkpoint: Checkpoint
    let speculation: SpeculationSetting?
    /// The name to write in a GGUF file; nil for the source's.
    let name: GGUFName?
    let model: StoredModel
    let plan: TensorPlan
    private let textNotes: [String]

    /// Opens a GGUF file, a model folder or a training checkpoint, and plans its export as described below.
    ///
    /// - Throws: ``CheckpointError`` as ``Checkpoint/init(path:)`` does, and as below.
    public init(
        path: String, to target: Target, quantizing dtype: DType? = nil,
        speculation: SpeculationSetting? = nil, name: String? = nil
    ) throws(CheckpointError) {
        try self.init(Checkpoint(path: path), to: target, quantizing: dtype, speculation: speculation, name: name)
    }

    /// Plans the export of a checkpoint.
    ///
    /// - Parameters:
    ///   - checkpoint: the model to export.
    ///   - target: the kind of output.
    ///   - dtype: the format of the matrices, one of the target's. With nil each keeps its format, except that
    ///     quantized ones become F32 in a folder.
    ///   - speculation: the setting for self-speculation to store in a GGUF file; nil for the source's. Folders cannot
    ///     store it.
    ///   - name: the model's name to store in a GGUF file; nil for the source's. In a folder, the folder's name counts.
    /// - Throws: ``CheckpointError`` if a tensor is missing or not supported, the model has no such exit layer, or the
    ///   target no such format.
    public init(
        _ checkpoint: Checkpoint, to target: Target, quantizing dtype: DType? = nil,
        speculation: SpeculationSetting? = nil, name: String? = nil
    ) throws(CheckpointError) {
        if let dtype, !target.formats.contains(dtype) {
            throw CheckpointError(
                file: checkpoint.path, name: "format of the matrices",
                expected: "one of \(target.formats.map { "\($0)" }.joined(separator: ", "))", found: "\(dtype)")
        }
        self.target = target
        self.checkpoint = checkpoint
        model = try checkpoint.model()
        if target == .gguf { try model.configuration.checkForGGUF(file: checkpoint.path) }
        if let speculation {
            try speculation.check(layerCount: model.configuration.layerCount, file: checkpoint.path)
            self.speculation = speculation
        } else {
            self.speculation = checkpoint.speculation
        }
        var written = name
        if written == nil, case .folder(let folder, _) = checkpoint.files { written = folder.name }
        let tokens = (try? checkpoint.tokenizerDefinition())?.tokens ?? []
        self.name = target == .gguf ? written.map { GGUFName($0, tokens: tokens) } : nil
        textNotes = checkpoint.textNotes(for: target)
        plan = try TensorPlan(model, for: target, quantizing: dtype)
    }

    /// Writes the file or folder atomically. Only a few megabytes of weights are in memory at a time.
    ///
    /// - Parameters:
    ///   - path: the output. A file is replaced; a folder must not exist or must be empty.
    ///   - progress: receives the number of bytes written, and returns whether to continue.
    /// - Returns: false, with nothing written, if `progress` returned false.
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` if the target's format cannot express the model, or the
    ///   weights cannot be written; ``FileError`` if the path is that of the source model or a file in its folder, or
    ///   another file cannot be written. A file that was at the path is then still there.
    public func write(to path: String, progress: (Int) -> Bool = { _ in true }) throws -> Bool {
        try inputs.check(output: path)
        return try write(target == .gguf ? .file : .folder, to: path, progress: progress)
    }
}
