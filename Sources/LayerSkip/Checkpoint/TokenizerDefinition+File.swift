import CheckpointFiles
import LanguageModels
public import TextTokens

extension TokenizerDefinition {
    /// Reads the tokenizer of a GGUF file or a model folder, or a tokenizer.json.
    ///
    /// - Throws: ``CheckpointError``.
    public init(ofFile path: String) throws(CheckpointError) {
        guard !Folder.exists(path) else {
            self = try Checkpoint(path: path).tokenizerDefinition()
            return
        }
        try HubName.refuse(path)
        let file = try inCheckpoint(try MappedFile(path: path))
        if file.bytes(0..<min(4, file.byteCount)) == Array("GGUF".utf8) {
            try self.init(GGUFFile(file).metadata)
        } else {
            try file.refuseForeignFormat(expected: "a GGUF file, a model folder or a tokenizer.json")
            let json = try inCheckpoint(try JSONText.bytes(of: file, atMost: .tokenizer))
            self = try inFile(path) { () throws(TokenizerError) in try TokenizerDefinition(json: json) }
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
    /// Reads the tokenizer of a GGUF file or a model folder, or a tokenizer.json.
    ///
    /// - Throws: ``CheckpointError``.
    public init(ofFile path: String) throws(CheckpointError) {
        let definition = try TokenizerDefinition(ofFile: path)
        self = try inFile(path) { () throws(TokenizerError) in try Tokenizer(definition) }
    }
}
