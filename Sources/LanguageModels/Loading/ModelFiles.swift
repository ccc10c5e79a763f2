package import CheckpointFiles

/// A model's files, opened: what they say about the model has been read, and its weights are mapped but not loaded.
package enum ModelFiles: Sendable {
    /// One file with everything in it, and what its metadata says.
    case gguf(GGUFFile, ModelConfiguration)
    /// A folder as Hugging Face lays it out, and what its `config.json` says.
    case folder(ModelFolder, HuggingFaceConfiguration)

    /// Opens a folder, or else a GGUF file.
    ///
    /// - Throws: if it cannot be read, or anything that it says about itself is wrong or not supported.
    package init(path: String) throws(CheckpointError) {
        if Folder.exists(path) {
            try self.init(ModelFolder(path: path))
        } else {
            try self.init(GGUFFile(path: path))
        }
    }

    /// Reads what a GGUF file says about its model.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    package init(_ file: GGUFFile) throws(CheckpointError) {
        self = .gguf(file, try ModelConfiguration(file))
    }

    /// Reads what a folder says about its model.
    ///
    /// - Throws: if something is missing, wrong, or of a variant that is not supported.
    package init(_ folder: ModelFolder) throws(CheckpointError) {
        self = .folder(folder, try HuggingFaceConfiguration(path: folder.file(ModelFolder.Name.configuration)))
    }

    /// The path, as it was given, or what stands for one.
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
