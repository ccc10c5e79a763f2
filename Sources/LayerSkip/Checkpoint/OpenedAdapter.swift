import CheckpointFiles
import LanguageModels

/// A LoRA adapter with the model that it changes.
struct OpenedAdapter: Sendable {
    let folder: AdapterFolder
    let base: ModelFiles

    /// Opens an adapter.
    ///
    /// - Parameter base: the path of the model that it changes; nil for the one that the adapter names.
    /// - Throws: if one of them cannot be read or is not supported.
    init(path: String, base: String?) throws(CheckpointError) {
        folder = try AdapterFolder(path: path)
        let path = if let base { base } else { try Self.base(of: folder) }
        self.base = try ModelFiles(path: path)
    }

    /// The path of the model that an adapter names.
    ///
    /// - Throws: if it names none, or one that does not exist.
    static func base(of folder: AdapterFolder) throws(CheckpointError) -> String {
        let key = "base_model_name_or_path"
        func failure(_ found: String) -> CheckpointError {
            CheckpointError(
                file: "\(folder.path)/\(ModelFolder.Name.adapter)", name: "key \(key.quoted)",
                expected:
                    "the path or cached hub name of the base model (or give the base as the model, and this folder "
                    + "with --adapter)", found: found)
        }
        guard let base = folder.base else { throw failure("none") }
        let path = (try? ModelFinder().localPath(of: base)) ?? base
        guard !Folder.isMissing(path) else { throw failure("\(base.quoted), which is neither") }
        return path
    }

    /// The files other than weights: the folder's own if it describes the whole model, as a training run's checkpoint
    /// does, and otherwise the base's.
    func description() throws(CheckpointError) -> ModelFiles {
        let paths = FolderPaths(folder.path)
        let names = [ModelFolder.Name.configuration, ModelFolder.Name.tokenizer]
        guard names.allSatisfy({ paths.existingFile($0) != nil }) else { return base }
        let description = try ModelFiles(describing: folder.path)
        let (own, other) = (ModelShape(description.configuration), ModelShape(base.configuration))
        guard own == other else {
            throw CheckpointError(
                file: paths.file(ModelFolder.Name.configuration), expected: "the shape of the base model, \(base.path)",
                found: "another one")
        }
        return description
    }

    /// The chat templates in the folder, for conversations as the adapter was trained on them; nil if there are none,
    /// or if they are the model's.
    ///
    /// - Throws: if a file with them is damaged.
    func chatTemplates(besides others: StoredChatTemplates) throws(CheckpointError) -> StoredChatTemplates? {
        var own = try TextFiles(FolderPaths(folder.path)).chatTemplates
        guard !own.texts.isEmpty, own.texts != others.texts else { return nil }
        own.specialTokens.merge(others.specialTokens) { own, _ in own }
        return own
    }

    /// The model with the adapter merged into its weights.
    ///
    /// - Throws: if the adapter does not fit the base.
    func model() throws(CheckpointError) -> StoredModel { try StoredModel(base).adapted(by: folder) }
}
