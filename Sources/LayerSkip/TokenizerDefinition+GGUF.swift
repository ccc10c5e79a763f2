import CheckpointFiles
import TextTokens

extension TokenizerDefinition {
    /// The tokenizer that a GGUF file describes under `tokenizer.ggml` (GGUF specification, "Tokenizer").
    ///
    /// - Throws: if a key that every tokenizer needs is missing, or one has the wrong type.
    init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        func id(_ name: String) throws(CheckpointError) -> Int32? {
            try metadata.integerIfPresent(named: "tokenizer.ggml.\(name)_token_id", in: 0...Int(Int32.max)).map(
                Int32.init)
        }
        self.init(
            model: try metadata.string(named: "tokenizer.ggml.model"),
            preTokenizer: try metadata.stringIfPresent(named: "tokenizer.ggml.pre"),
            tokens: try metadata.strings(named: "tokenizer.ggml.tokens"))
        scores = try metadata.floatsIfPresent(named: "tokenizer.ggml.scores")?.map { Float($0) }
        kinds = try metadata.integersIfPresent(named: "tokenizer.ggml.token_type")?.map { Int32(clamping: $0) }
        merges = try metadata.stringsIfPresent(named: "tokenizer.ggml.merges")
        beginningOfText = try id("bos")
        endOfText = try id("eos")
        unknown = try id("unknown")
        endOfTurn = try id("eot")
        endOfMessage = try id("eom")
        addsBeginningOfText = try metadata.boolIfPresent(named: "tokenizer.ggml.add_bos_token")
        addsEndOfText = try metadata.boolIfPresent(named: "tokenizer.ggml.add_eos_token")
        addsSpacePrefix = try metadata.boolIfPresent(named: "tokenizer.ggml.add_space_prefix")
    }
}
