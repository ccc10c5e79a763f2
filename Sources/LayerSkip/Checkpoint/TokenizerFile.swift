import CheckpointFiles
import TextTokens

/// The file of a folder that defines its tokenizer.
struct TokenizerFile {
    /// The formats, the preferred one first.
    enum Format: CaseIterable {
        case json, sentencePiece, vocabulary, tekken

        var name: String {
            switch self {
            case .json: ModelFolder.Name.tokenizer
            case .sentencePiece: ModelFolder.Name.sentencePiece
            case .vocabulary: ModelFolder.Name.vocabulary
            case .tekken: ModelFolder.Name.tekken
            }
        }
    }

    let format: Format
    let path: String

    /// Finds the file in a folder; nil if there is none.
    init?(in folder: FolderPaths) {
        for format in Format.allCases {
            guard let path = folder.existingFile(format.name) else { continue }
            (self.format, self.path) = (format, path)
            return
        }
        return nil
    }

    /// Refers to a file by its path; the format is that of its name or content.
    init(path: String, bytes: some Sequence<UInt8>) {
        self.path = path
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }
        if first == UInt8(ascii: "{") {
            // Its published files are called tekken.json or, for example, tekken_240911.json.
            let name = path.split(separator: "/").last ?? ""
            format = name.hasPrefix("tekken") && !name.contains("tokenizer") ? .tekken : .json
        } else {
            // SentencePiece writes the pieces first.
            format = path.hasSuffix(".model") || bytes.starts(with: [0x0A]) ? .sentencePiece : .json
        }
    }

    /// Reads the tokenizer.
    ///
    /// - Parameter settings: the folder's settings; nil for a file by itself.
    func definition(_ settings: TokenizerConfiguration?) throws(CheckpointError) -> TokenizerDefinition {
        switch format {
        case .json:
            let json = try inCheckpoint(try JSONText.bytes(path, atMost: .tokenizer))
            return try inFile(path) { () throws(TokenizerError) in try TokenizerDefinition(json: json) }
        case .sentencePiece: return try sentencePiece(settings)
        case .vocabulary: return try vocabulary(settings)
        case .tekken:
            throw CheckpointError(
                file: path, expected: "a tokenizer.json or tokenizer.model",
                found: "Mistral's own format; download the folder's tokenizer.json, or convert this file with "
                    + "transformers")
        }
    }

    private func sentencePiece(_ settings: TokenizerConfiguration?) throws(CheckpointError) -> TokenizerDefinition {
        let bytes = try inCheckpoint(try TextFile.bytes(path, atMost: .tokenizer))
        guard bytes.first == 0x0A || bytes.isEmpty else {
            throw CheckpointError(
                file: path, expected: "a SentencePiece model",
                found: "another format, such as tiktoken's; download the folder's tokenizer.json instead")
        }
        var definition = try inFile(path) { () throws(TokenizerError) in try TokenizerDefinition(sentencePiece: bytes) }
        guard let settings else { return definition }
        // The defaults of transformers' class LlamaTokenizer.
        let isLlama = settings.tokenizerClass?.hasPrefix("LlamaTokenizer") ?? true
        if !isLlama {
            definition.notes.append(
                "without a tokenizer.json, texts are encoded as SentencePiece does; transformers' class "
                    + "\(settings.tokenizerClass?.quoted ?? "") may differ")
        }
        definition.addsBeginningOfText = settings.addsBeginningOfText ?? isLlama
        definition.addsEndOfText = settings.addsEndOfText ?? false
        definition.addsBeginningOfChats = false
        return definition
    }

    private func vocabulary(_ settings: TokenizerConfiguration?) throws(CheckpointError) -> TokenizerDefinition {
        let mergesPath = path.dropLast(ModelFolder.Name.vocabulary.utf8.count) + ModelFolder.Name.merges
        let merges = try inCheckpoint(try TextFile.text(String(mergesPath), atMost: .tokenizer))
        let json = try inCheckpoint(try JSONText.bytes(path, atMost: .tokenizer))
        var definition = try inFile(path) { () throws(TokenizerError) in
            try TokenizerDefinition(vocabulary: json, merges: merges, class: settings?.tokenizerClass)
        }
        definition.addsBeginningOfText = settings?.addsBeginningOfText ?? false
        return definition
    }
}
