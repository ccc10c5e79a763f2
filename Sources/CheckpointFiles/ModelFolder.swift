/// A model folder in Hugging Face's layout: `config.json`, `model.safetensors` (or several files and an index), and
/// `tokenizer.json`.
package struct ModelFolder: Sendable {
    /// The names of a model folder's files.
    package enum Name {
        /// Shapes and constants.
        package static let configuration = "config.json"
        /// The weights, in one file.
        package static let weights = "model.safetensors"
        /// The exit block, a layer of its own before the head at one exit, if the model has one.
        package static let exitBlock = "exit-block.safetensors"
        /// The index of a model in several files: which file each weight is in.
        package static let index = "model.safetensors.index.json"
        /// The vocabulary and its merges.
        package static let tokenizer = "tokenizer.json"
        /// A SentencePiece model, which older folders have instead of `tokenizer.json`.
        package static let sentencePiece = "tokenizer.model"
        /// The vocabulary of a byte-level tokenizer and its merges, in two files.
        package static let vocabulary = "vocab.json"
        package static let merges = "merges.txt"
        /// Mistral's own format of a tokenizer.
        package static let tekken = "tekken.json"
        /// Tokenizer settings outside `tokenizer.json`: the roles of special tokens, the chat template.
        package static let tokenizerConfiguration = "tokenizer_config.json"
        /// The special tokens, as older writers store them.
        package static let specialTokens = "special_tokens_map.json"
        /// The tokens added to the vocabulary, as older writers store them.
        package static let addedTokens = "added_tokens.json"
        /// Generation defaults, such as the tokens that end a text.
        package static let generation = "generation_config.json"
        /// The chat template, as newer writers store it.
        package static let chatTemplate = "chat_template.jinja"
        /// The folder of further chat templates, as newer writers store them: `NAME.jinja`.
        package static let furtherChatTemplates = "additional_chat_templates"
        /// The chat template of models that also read images, as older writers store it.
        package static let olderChatTemplate = "chat_template.json"
        /// The description of an adapter, such as a LoRA, that changes another model.
        package static let adapter = "adapter_config.json"
    }

    /// The path of the folder, as given.
    package let path: String
    /// The weights.
    package let source: SafetensorsSource

    /// Opens a folder's weights; its other files are read on demand.
    ///
    /// - Throws: if there are no weights, or their files are invalid.
    package init(path: String) throws(CheckpointError) {
        self.path = path
        if Self.isFile("\(path)/\(Name.weights)") {
            source = SafetensorsSource(try SafetensorsFile(path: "\(path)/\(Name.weights)"))
        } else if Self.isFile("\(path)/\(Name.index)") {
            source = try SafetensorsSource(index: "\(path)/\(Name.index)")
        } else {
            throw CheckpointError(
                file: path, expected: "a folder with \(Name.weights) or \(Name.index)",
                found: Self.contents(of: path))
        }
    }

    /// Refers to a folder without weights, for its other files.
    package init(describing path: String) {
        self.path = path
        source = SafetensorsSource(without: path)
    }

    /// The last component of the folder's path.
    package var name: String { paths.name }

    /// The paths of the folder's files.
    package var paths: FolderPaths { FolderPaths(path) }

    /// The path of one of the folder's files, whether or not it exists.
    package func file(_ name: String) -> String { paths.file(name) }

    static func isFile(_ path: String) -> Bool {
        if case .file = SystemCalls.kind(of: path) { true } else { false }
    }
}
