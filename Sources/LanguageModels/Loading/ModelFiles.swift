package import CheckpointFiles

/// A model's files, opened: the configuration has been read, and the weights are mapped but not loaded.
package enum ModelFiles: Sendable {
    /// One file with everything in it, and the configuration from its metadata.
    case gguf(GGUFFile, ModelConfiguration)
    /// A folder in Hugging Face's layout, and the contents of its `config.json`.
    case folder(ModelFolder, HuggingFaceConfiguration)

    /// Opens a folder or a GGUF file.
    ///
    /// - Throws: first of all if the architecture is not supported or the weights are of another kind; and if something
    ///   cannot be read, or the configuration is wrong.
    package init(path: String) throws(CheckpointError) {
        try HubName.refuse(path)
        guard Folder.exists(path) else {
            let file = try GGUFFile(path: path) { (metadata) throws(CheckpointError) in try metadata.checkKind() }
            try self.init(file)
            return
        }
        let paths = FolderPaths(path)
        let text = try paths.existingFile(ModelFolder.Name.configuration).map { (path) throws(CheckpointError) in
            try ConfigurationText(path: path)
        }
        try text?.checkKind()
        try Self.refuseAdapter(paths)
        try self.init(ModelFolder(path: path), text)
    }

    /// Reads the configuration of a GGUF file.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        try file.metadata.checkKind()
        self = .gguf(file, try ModelConfiguration(file))
    }

    /// Reads the configuration of a folder.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    package init(_ folder: ModelFolder) throws(CheckpointError) { try self.init(folder, nil) }

    /// - Parameter text: the text of `config.json`, if it has been read.
    private init(
        _ folder: ModelFolder, _ text: ConfigurationText?, describesWeights: Bool = true
    ) throws(CheckpointError) {
        var text = text
        if text == nil { text = try ConfigurationText(path: folder.file(ModelFolder.Name.configuration)) }
        guard var stated = try text?.configuration(describesWeights: describesWeights) else {
            preconditionFailure("just read")
        }
        for name in folder.source.missing.keys.sorted() where !StoredBuffer.includes(name, shape: nil) {
            if stated.tiesHead, name == StoredModel.headName { continue }
            stated.model.notes.add("the index of the weights names the tensor \(name.quoted), which no file has")
        }
        self = .folder(folder, stated)
    }

    /// Opens a folder that describes a model without holding its weights, such as a training run's checkpoint of an
    /// adapter.
    ///
    /// - Throws: as above.
    package init(describing path: String) throws(CheckpointError) {
        try self.init(ModelFolder(describing: path), nil, describesWeights: false)
    }

    /// Refuses the folder of an adapter, which only changes the weights of another model.
    private static func refuseAdapter(_ folder: FolderPaths) throws(CheckpointError) {
        guard let path = folder.existingFile(ModelFolder.Name.adapter) else { return }
        let members = try inCheckpoint(try JSONMembers(file: path))
        let kind: String = members.value("peft_type") ?? "LoRA"
        let base: String? = members.value("base_model_name_or_path")
        throw CheckpointError(
            file: folder.path, expected: "a whole model",
            found:
                "a \(kind == "LORA" ? "LoRA" : kind.inMessage) adapter of \(base?.quoted ?? "another model"); "
                + (kind == "LORA"
                    ? "pass that model, and the folder as its adapter"
                    : "merge it into that model in Python, with peft's merge_and_unload, and save the result"))
    }

    /// The path as it was given, or a name in its place. For a split GGUF file, the path of the first part.
    package var path: String {
        switch self {
        case .gguf(let file, _): file.path
        case .folder(let folder, _): folder.path
        }
    }

    /// The model's architecture, shapes and constants.
    package var configuration: ModelConfiguration {
        switch self {
        case .gguf(_, let configuration): configuration
        case .folder(_, let stated): stated.model
        }
    }
}
