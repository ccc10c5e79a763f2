/// What a model may be loaded from.
package enum Checkpoint: Sendable {
    /// One file with everything in it.
    case gguf(GGUFFile)
    /// A folder as Hugging Face lays it out.
    case folder(ModelFolder)

    /// Opens a folder, or else a GGUF file.
    ///
    /// - Throws: if it cannot be read, or anything that it says about itself is wrong or not supported.
    package init(path: String) throws(CheckpointError) {
        if Folder.exists(path) {
            self = .folder(try ModelFolder(path: path))
        } else {
            self = .gguf(try GGUFFile(path: path))
        }
    }

    /// The path, as it was given, or what stands for one.
    package var path: String {
        switch self {
        case .gguf(let file): file.path
        case .folder(let folder): folder.path
        }
    }
}
