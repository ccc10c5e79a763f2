package import CheckpointFiles
package import TensorCore

/// The contents of a model folder's `config.json`: the model's shapes and constants, and the tokens that begin and end
/// texts.
package struct HuggingFaceConfiguration: Sendable, Equatable {
    /// Architecture, shapes and constants.
    package var model: ModelConfiguration
    /// Whether the embedding is also the head.
    package var tiesHead: Bool
    /// The token that begins a text.
    package var beginningOfText: Token?
    /// The tokens that end a text; all are within the model's vocabulary.
    package var endsOfText: [Token]
    /// Notes for the user about what is ignored: token ids that the model does not have, and tensors that an index
    /// names and no file has. Notes on the keys of the model itself are in its configuration.
    package var notes: [String] = []
    /// The model's original name or path, `_name_or_path`, as JSON text; nil if the file does not give it.
    package var origin: String?
    /// The token that pads batches, unchecked.
    package var padding: Int?
    /// The format of the matrices; F32 if the file does not give it.
    package var dtype: DType

    /// Creates a configuration to write.
    package init(
        model: ModelConfiguration, tiesHead: Bool, beginningOfText: Token? = nil, endsOfText: [Token] = [],
        padding: Int? = nil, dtype: DType = .f32
    ) {
        self.model = model
        self.tiesHead = tiesHead
        self.beginningOfText = beginningOfText
        self.endsOfText = endsOfText
        self.padding = padding
        self.dtype = dtype
    }

    /// Reads the file at a path.
    ///
    /// - Throws: if a key is missing or out of range, or requires something that the architecture's models do not have.
    package init(path: String) throws(CheckpointError) {
        self = try ConfigurationText(path: path).configuration()
    }

    /// Returns the contents of `config.json`.
    ///
    /// - Parameter file: the file's name in errors.
    /// - Throws: if RoPE's divisors come from a GGUF file's `rope_freqs.weight` and do not follow Llama 3's rule, since
    ///   the format cannot express such divisors.
    package func json(file: String) throws(CheckpointError) -> [UInt8] {
        JSONText.encode(try ConfigurationFile(self, path: file))
    }
}
