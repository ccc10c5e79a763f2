import CheckpointFiles
import LanguageModels
public import TextTokens

extension TokenizerDefinition {
    /// Reads the tokenizer of a GGUF file, a model folder or a folder with only a tokenizer, or a tokenizer.json or
    /// tokenizer.model.
    ///
    /// - Throws: ``CheckpointError``.
    public init(ofFile path: String) throws(CheckpointError) {
        guard !Folder.exists(path) else {
            try self.init(ofFolder: path)
            return
        }
        try HubName.refuse(path)
        let file = try inCheckpoint(try MappedFile(path: path))
        if file.bytes(0..<min(4, file.byteCount)) == Array("GGUF".utf8) {
            try self.init(GGUFMetadata(ofModel: path))
            return
        }
        try file.refuseForeignFormat(expected: "a GGUF file, a model folder, a tokenizer.json or a tokenizer.model")
        self = try TokenizerFile(path: path, bytes: file.bytes(0..<min(64, file.byteCount))).definition(nil)
    }

    /// Reads the tokenizer of a folder, which may have no configuration or weights.
    private init(ofFolder path: String) throws(CheckpointError) {
        do throws(CheckpointError) {
            self = try Checkpoint(path: path).tokenizerDefinition()
        } catch {
            let folder = FolderPaths(path)
            let hasWeights = [ModelFolder.Name.weights, ModelFolder.Name.index].contains {
                folder.existingFile($0) != nil
            }
            let hasModel = hasWeights && folder.existingFile(ModelFolder.Name.configuration) != nil
            guard TokenizerFile(in: folder) != nil, !hasModel else { throw error }
            try self.init(folder, nil, TextFiles(folder))
        }
    }

    /// Writes a tokenizer.json atomically.
    ///
    /// - Parameters:
    ///   - path: the file to write.
    ///   - inputs: the files that it was made from, such as ``Corpus/inputs``.
    /// - Throws: ``TokenizerError`` if the format cannot express this tokenizer; ``FileError`` if the path is that of
    ///   an input or cannot be written. A file that was at the path is then still there.
    public func write(to path: String, inputs: InputFiles = InputFiles()) throws {
        try inputs.check(output: path)
        try TextFile.write(json(), to: path)
    }
}

extension Tokenizer {
    /// Reads the tokenizer of a GGUF file, a folder or a file, as ``TokenizerDefinition/init(ofFile:)`` does.
    ///
    /// - Throws: ``CheckpointError``.
    public init(ofFile path: String) throws(CheckpointError) {
        let definition = try TokenizerDefinition(ofFile: path)
        self = try inFile(path) { () throws(TokenizerError) in try Tokenizer(definition) }
    }
}
