package import CheckpointFiles

/// A model's files, opened: the configuration has been read, and the weights are mapped but not loaded.
package enum ModelFiles: Sendable {
    /// One file with everything in it, and the configuration from its metadata.
    case gguf(GGUFFile, ModelConfiguration)
    /// A folder in Hugging Face's layout, and the contents of its `config.json`.
    case folder(ModelFolder, HuggingFaceConfiguration)

    /// Opens a folder or a GGUF file.
    ///
    /// - Throws: if it cannot be read, or its configuration is wrong or not supported.
    package init(path: String) throws(CheckpointError) {
        if Folder.exists(path) {
            try self.init(ModelFolder(path: path))
        } else {
            try self.init(GGUFFile(path: path))
        }
    }

    /// Reads the configuration of a GGUF file.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        self = .gguf(file, try ModelConfiguration(file))
    }

    /// Reads the configuration of a folder.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    package init(_ folder: ModelFolder) throws(CheckpointError) {
        self = .folder(folder, try HuggingFaceConfiguration(path: folder.file(ModelFolder.Name.configuration)))
    }

    /// The path as it was given, or a name in its place.
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
