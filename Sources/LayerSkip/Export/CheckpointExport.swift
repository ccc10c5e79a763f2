import CheckpointFiles
import LanguageModels
public import TensorCore
import TextTokens

/// A model to be written anew: in another format, or with smaller weights.
///
/// ```swift
/// let export = try CheckpointExport(path: "checkpoint", to: .gguf, quantizing: .q8_0)
/// _ = try export.write(to: "model.gguf")
/// ```
public struct CheckpointExport: Sendable {
    /// What may be written.
    public enum Target: String, Sendable, CaseIterable {
        /// One file, as llama.cpp and we read it.
        case gguf
        /// A folder, as transformers and we read it.
        case safetensors

        /// The formats that its matrices can be converted to.
        public var formats: [DType] {
            switch self {
            case .gguf: DType.allCases.filter(\.isWritable)
            case .safetensors: DType.allCases.filter { $0.isWritable && !$0.isQuantized }
            }
        }

        /// The order of query and key rows.
        fileprivate func ropePairing(of architecture: Architecture) -> RoPEPairing {
            switch self {
            case .gguf: architecture.ggufPairing
            case .safetensors: .halfSplit
            }
        }
    }

    /// What is written.
    public let target: Target
    /// What is not as it was asked for, or gets lost, and why; for people.
    public var notes: [String] {
        let notes = plan.notes + textNotes
        guard target == .safetensors, speculation != nil else { return notes }
        return notes + ["a folder has no place for the model's exit layer and draft length"]
    }
    /// Bytes of all weights as they will be written.
    public var byteCount: Int { plan.byteCount }

    let checkpoint: Checkpoint
    let speculation: SpeculationSetting?
    let name: String?
    let model: StoredModel
    let plan: TensorPlan
    private let textNotes: [String]

    /// Opens what lies at a path and plans how it is written.
    ///
    /// - Throws: ``CheckpointError`` as ``Checkpoint/init(path:)`` does, and as below.
    public init(
        path: String, to target: Target, quantizing dtype: DType? = nil,
        speculation: SpeculationSetting? = nil, name: String? = nil
    ) throws(CheckpointError) {
        try self.init(Checkpoint(path: path), to: target, quantizing: dtype, speculation: speculation, name: name)
    }

    /// Plans how a checkpoint is written.
    ///
    /// - Parameters:
    ///   - checkpoint: what is read.
    ///   - target: what to write.
    ///   - dtype: the format of the matrices; nil leaves each as it is, except for quantized ones in a folder, which
    ///     become
    ///     F32. Must be one of the target's.
    ///   - speculation: what the file will say of how the model speculates on itself best; nil leaves what the source
    ///     says.
    ///     Folders have no place for it.
    ///   - name: what a GGUF file will say that the model is called; nil leaves what the source calls it. A folder's
    ///     name is
    ///     its own.
    /// - Throws: ``CheckpointError`` if a tensor is missing or not supported, or the model has no such exit layer.
    public init(
        _ checkpoint: Checkpoint, to target: Target, quantizing dtype: DType? = nil,
        speculation: SpeculationSetting? = nil, name: String? = nil
    ) throws(CheckpointError) {
        if let dtype {
            precondition(target.formats.contains(dtype), "\(dtype) cannot be written to \(target) files")
        }
        self.target = target
        self.checkpoint = checkpoint
        model = try checkpoint.model()
        if let speculation {
            try speculation.check(layerCount: model.configuration.layerCount, file: checkpoint.path)
            self.speculation = speculation
        } else {
            self.speculation = checkpoint.speculation
        }
        self.name = name
        textNotes = checkpoint.textNotes(for: target)
        plan = try TensorPlan(
            model, pairing: target.ropePairing(of: model.configuration.architecture), quantizing: dtype,
            canQuantize: target == .gguf)
    }

    /// Writes the file or folder, in one step; no more than a few megabytes of weights are in memory at once.
    ///
    /// - Parameters:
    ///   - path: where to. A file is replaced; a folder must not exist, or be empty.
    ///   - progress: is told how many bytes have been written, and returns whether to continue.
    /// - Returns: false if `progress` said no; nothing has been written then.
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` if something in the model cannot be said in the target's
    ///   format, or the weights cannot be written; ``FileError`` if the path is that of the model that is read or of a
    ///   file in its folder, or another file cannot be written. Whatever was at the path before is then still there.
    public func write(to path: String, progress: (Int) -> Bool = { _ in true }) throws -> Bool {
        var inputs = InputFiles()
        inputs.add(model: checkpoint.source, as: "the model that is read")
        try inputs.check(output: path)
        var goesOn = true
        func check(_ done: Int) throws(CheckpointError) {
            goesOn = progress(min(done, byteCount))
            guard goesOn else { throw CheckpointError(file: path, expected: "to be written", found: "an interruption") }
        }
        do {
            switch target {
            case .gguf: try writeGGUF(to: path, progress: check)
            case .safetensors: try writeFolder(to: path, progress: check)
            }
        } catch {
            guard goesOn else { return false }
            throw error
        }
        return true
    }
}
