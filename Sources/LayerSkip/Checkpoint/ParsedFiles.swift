import CheckpointFiles
import LanguageModels
import TextTokens

/// What can be parsed of a file or folder whose model cannot be opened, to show it.
struct ParsedFiles {
    /// The paths of the files with weights.
    private(set) var files: [String] = []
    private(set) var byteCount = 0
    private(set) var version: Int?
    private(set) var architecture: String?
    private(set) var name: String?
    private(set) var shape: ModelShape?
    private(set) var tokenizerModel: String?
    private(set) var preTokenizer: String?
    /// The reason why the tokenizer cannot be read.
    private(set) var notes: [String] = []
    private(set) var chatTemplates = StoredChatTemplates()
    private(set) var tensors: [ListedTensor] = []

    /// Parses a GGUF file, a safetensors file, or a folder with some of a model's files.
    ///
    /// - Throws: if nothing can be parsed, or a file with weights is damaged.
    init(path: String) throws(CheckpointError) {
        if Folder.exists(path) {
            try self.init(folder: FolderPaths(path))
        } else if let header = try? GGUFHeader(path: path) {
            self.init(header)
        } else {
            self.init([try SafetensorsFile(path: path)])
        }
    }

    private init(_ header: GGUFHeader) {
        let metadata = header.metadata
        func text(_ key: String) -> String? { (try? metadata.stringIfPresent(named: key)) ?? nil }
        files = header.files
        byteCount = header.byteCount
        version = Int(header.version)
        architecture = text("general.architecture")
        name = text("general.name")
        let embedding = header.tensors.first { $0.name == "token_embd.weight" && $0.shape.count == 2 }
        shape = ModelShape(stated: metadata, rows: embedding?.shape.first)
        tokenizerModel = text("tokenizer.ggml.model")
        preTokenizer = text("tokenizer.ggml.pre")
        chatTemplates = (try? StoredChatTemplates(metadata)) ?? StoredChatTemplates()
        tensors = header.tensors
    }

    private init(folder: FolderPaths) throws(CheckpointError) {
        let files = try ModelFolder.safetensorsFiles(in: folder.path)
        let configuration = try? ConfigurationText(path: folder.file(ModelFolder.Name.configuration))
        guard !files.isEmpty || configuration != nil else {
            throw CheckpointError(
                file: folder.path, expected: "config.json or safetensors files", found: "none that can be read")
        }
        self.init(files)
        name = folder.name
        architecture = (configuration?.members).flatMap { StatedArchitecture($0).name }
        shape = (configuration?.members).flatMap { ModelShape(stated: $0) }
        if TokenizerFile(in: folder) != nil {
            do {
                let tokenizer = try TokenizerDefinition(folder, nil, TextFiles(folder))
                (tokenizerModel, preTokenizer) = (tokenizer.model.rawValue, tokenizer.preTokenizer)
            } catch {
                notes = ["not usable: \(error)"]
            }
        }
        chatTemplates = (try? TextFiles(folder))?.chatTemplates ?? StoredChatTemplates()
    }

    private init(_ files: [SafetensorsFile]) {
        self.files = files.map(\.path)
        byteCount = files.reduce(0) { $0 + $1.mapping.byteCount }
        tensors = files.flatMap { $0.tensors.map(\.listed) }
    }
}
