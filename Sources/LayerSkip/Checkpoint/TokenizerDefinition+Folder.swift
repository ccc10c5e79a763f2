package import CheckpointFiles
import LanguageModels
package import TextTokens

extension TokenizerDefinition {
    /// Reads a checkpoint's tokenizer.
    ///
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` where something is missing or wrong.
    package init(_ checkpoint: Checkpoint) throws {
        switch checkpoint {
        case .gguf(let file): try self.init(file.metadata)
        case .folder(let folder): try self.init(folder)
        }
    }

    /// Reads the tokenizer of a checkpoint whose model has a number of rows in its embedding, to write it elsewhere.
    ///
    /// - Throws: as above, and where the tokenizer contradicts itself or has more tokens than there are rows.
    init(_ checkpoint: Checkpoint, rows: Int) throws {
        try self.init(checkpoint)
        _ = try Tokenizer(self)
        guard tokens.count <= rows else {
            throw CheckpointError(
                file: checkpoint.path, name: "tokenizer",
                expected: "at most one token for each of the model's \(rows) rows", found: "\(tokens.count)")
        }
    }

    /// Reads a model folder's tokenizer: `tokenizer.json`, and which tokens begin and end texts from the files beside it.
    private init(_ folder: ModelFolder) throws {
        let path = folder.file(ModelFolder.Name.tokenizer)
        let json = try JSONText.bytes(path, atMost: .tokenizer)
        do {
            try self.init(json: json)
        } catch {
            throw CheckpointError(file: path, expected: "a tokenizer that we know", found: "\(error)")
        }
        let files = try TextFiles(folder)
        let configuration = try HuggingFaceConfiguration(path: folder.file(ModelFolder.Name.configuration))
        func id(_ text: String?) -> Int32? { text.flatMap { tokens.firstIndex(of: $0) }.map { Int32($0) } }
        beginningOfText = id(files.beginningOfText) ?? configuration.beginningOfText ?? beginningOfText
        unknown = id(files.unknown) ?? unknown
        // One token of the vocabulary is said to end texts; models may have more that do.
        let known = tokens.indices
        var ends = configuration.endsOfText + files.generationEnds.filter { known.contains(Int($0)) }
        if let named = id(files.endOfText) ?? ends.first ?? endOfText {
            endOfText = named
            ends.removeAll { $0 == named }
        }
        endOfTurn = ends.first
        endOfMessage = ends.dropFirst().first { $0 != ends.first }
        addsBeginningOfText = files.addsBeginningOfText ?? addsBeginningOfText
        addsEndOfText = files.addsEndOfText ?? addsEndOfText
    }
}

extension Checkpoint {
    /// The template of conversations, in Jinja; nil where there is none.
    ///
    /// - Throws: if what should hold it is of the wrong type.
    func chatTemplate() throws(CheckpointError) -> String? {
        switch self {
        case .gguf(let file): try file.metadata.stringIfPresent(named: "tokenizer.chat_template")
        case .folder(let folder): try TextFiles(folder).chatTemplate
        }
    }
}
