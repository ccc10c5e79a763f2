import CheckpointFiles
import LanguageModels
import TensorCore

/// The tuning that is kept for a model in the user's cache, if there is one.
struct KeptTuning: Sendable {
    /// The path of its file.
    let path: String
    /// The tuning; nil if there is none, or it cannot be used.
    private(set) var tuning: SavedTuning?
    /// The reason why a file that exists is not used.
    private(set) var obstacle: CheckpointError?

    /// Looks for the tuning of a model; returns nil if there can be none.
    ///
    /// - Parameter folder: the folder of such files; nil for the user's.
    init?(of files: ModelFiles, in folder: String? = nil, kernels: String? = (try? KernelTable.selected())?.name) {
        guard let folder = folder ?? (try? CacheFolder.path()) else { return nil }
        path = "\(folder)/\(ModelIdentity(files).tuningFileName)"
        guard !Folder.isMissing(path) else { return }
        do throws(CheckpointError) {
            let found: SavedTuning = try inCheckpoint(try JSONText.read(path, atMost: Self.limit))
            try found.check(files, kernels: kernels, path: path)
            tuning = found
        } catch {
            obstacle = error
        }
    }

    /// A note for people on what is used, or why not.
    var note: String? {
        if let obstacle {
            return "\(obstacle); what tune --save stored is not used, so run it again or remove the file"
        }
        guard let tuning else { return nil }
        let setting = tuning.setting.map { "exit layer \($0.exitLayer), draft length \($0.draftLength)" }
        return "tune --save stored \(setting ?? "no exit layer"), measured on \(tuning.machine.description); to forget "
            + "it, remove \(path)"
    }

    /// A note for people on how a loaded model differs from the one that was measured; nil if it does not.
    ///
    /// - Parameter leavesOutExitBlock: whether the model has an exit block that is not used.
    func difference(threads: Int, quantization: QuantizationRecipe?, leavesOutExitBlock: Bool) -> String? {
        guard let machine = tuning?.machine else { return nil }
        var differences: [String] = []
        if machine.threads != threads {
            differences.append("\(machine.threads.counted("thread")) instead of \(threads)")
        }
        if let quantization {
            differences.append("weights as they are stored instead of --quantize \(quantization.name)")
        }
        if leavesOutExitBlock { differences.append("the exit block") }
        if machine.version != layerSkipVersion {
            differences.append("version \(machine.version.inMessage) instead of \(layerSkipVersion)")
        }
        guard !differences.isEmpty else { return nil }
        return "tune --save measured with \(differences.joined(separator: ", ")), so other settings may be faster now"
    }

    /// A ranking of the largest vocabularies, 262,144 tokens, has 3 MB.
    private static let limit = ReadingLimit(byteCount: 16 << 20, valueCount: 1 << 20)
}

extension SavedTuning {
    /// Keeps the tuning, in place of an earlier one of the same model.
    ///
    /// - Parameter folder: the folder of such files; nil for the user's.
    /// - Returns: the path of the file.
    /// - Throws: ``CheckpointError`` if there is no such folder, or ``FileError`` if the file cannot be written.
    package func save(for files: ModelFiles, in folder: String? = nil) throws -> String {
        let path = try Self.place(for: files, in: folder)
        try JSONText.write(self, to: path)
        return path
    }

    /// The path of the file of a model's tuning. Makes its folder.
    ///
    /// - Throws: ``CheckpointError`` or ``FileError`` if no file can be written there.
    package static func place(for files: ModelFiles, in folder: String? = nil) throws -> String {
        let folder = try folder ?? CacheFolder.path()
        try Folder.make(folder)
        let path = "\(folder)/\(ModelIdentity(files).tuningFileName)"
        guard !Folder.isLink(path) else {
            throw FileError(
                file: path, expected: "a regular file of the cache, or none", found: "a link; remove it")
        }
        try ReplacementFile.check(path)
        return path
    }
}
