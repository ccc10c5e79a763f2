package import CheckpointFiles
import TensorCore

/// A model's exit block in a file next to the model: `exit-block.safetensors` in a folder, and `NAME.gguf.exit-block`
/// next to `NAME.gguf`, which is a GGUF file, too.
///
/// It is not in the model's own file, because other programs refuse models with tensors that they do not know: without
/// this file, the model is what it was.
package struct ExitBlockFile: Sendable {
    /// The path of the file.
    package let path: String
    /// The exit, as the file states it.
    package let exit: Int
    private let contents: Contents

    private enum Contents {
        case gguf(GGUFFile)
        case safetensors(SafetensorsFile)
    }

    /// The key of the exit in the file's metadata.
    package static let key = "layerskip.exit_block"
    /// `general.architecture` of a GGUF file, so that no program takes it for a model.
    package static let architecture = "layerskip-exit-block"
    static let remedy = "; remove the file, or run the model without its exit block"

    /// Where the exit block of a model is, if it has one; nil if the model is in no file.
    package static func path(of files: ModelFiles) -> String? {
        switch files {
        case .gguf(let file, _): file.files[0].identity == nil ? nil : GGUFFile.exitBlockPath(of: file.path)
        case .folder(let folder, _): folder.file(ModelFolder.Name.exitBlock)
        }
    }

    /// Whether there is a file, or a link to one, where the exit block of a model would be.
    package static func exists(for files: ModelFiles) -> Bool {
        path(of: files).map { !Folder.isMissing($0) || Folder.isLink($0) } ?? false
    }

    /// Opens the exit block of a model.
    ///
    /// - Returns: nil if it has none.
    /// - Throws: if the file cannot be read, or is not one of an exit block.
    package init?(of files: ModelFiles) throws(CheckpointError) {
        guard Self.exists(for: files), let path = Self.path(of: files) else { return nil }
        try self.init(path: path, isGGUF: { if case .gguf = files { true } else { false } }())
    }

    private init(path: String, isGGUF: Bool) throws(CheckpointError) {
        self.path = path
        if isGGUF {
            let file = try GGUFFile(path: path)
            exit = try file.metadata.integer(named: Self.key, in: 0...1 << 16)
            contents = .gguf(file)
        } else {
            let file = try SafetensorsFile(path: path)
            guard let exit = file.metadata[Self.key].flatMap({ Int($0) }) else {
                throw CheckpointError(
                    file: path, name: "key \(Self.key.quoted) of the metadata", expected: "the number of an exit",
                    found: file.metadata[Self.key]?.quoted ?? "no such key")
            }
            self.exit = exit
            contents = .safetensors(file)
        }
    }

    /// All tensors, as the file spells their names.
    package var tensors: [ListedTensor] {
        switch contents {
        case .gguf(let file): file.tensors.map(\.listed)
        case .safetensors(let file): file.tensors.map(\.listed)
        }
    }

    /// The size of the file in bytes.
    package var byteCount: Int {
        switch contents {
        case .gguf(let file): file.byteCount
        case .safetensors(let file): file.mapping.byteCount
        }
    }

    /// The weights, as those of a model with this block.
    ///
    /// - Parameter gainOffset: the model's.
    func source(_ configuration: ModelConfiguration, gainOffset: Float) -> any TensorSource {
        switch contents {
        case .gguf(let file): return GGUFSource(file, configuration)
        case .safetensors(let file):
            var source = SafetensorsSource(file)
            source.gainOffset = gainOffset
            return source
        }
    }
}
