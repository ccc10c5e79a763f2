/// The algorithm that turns a word into tokens, named as in GGUF's `tokenizer.ggml.model`.
public enum TokenizerModel: String, Sendable, CaseIterable {
    /// Byte-pair encoding of bytes by a list of merges, as in GPT-2, Llama 3 and Qwen.
    case byteLevel = "gpt2"
    /// Byte-pair encoding of characters by the tokens' scores: SentencePiece's BPE, as in Llama 2's GGUF files.
    case scored = "llama"
    /// Byte-pair encoding of characters by a list of merges, as in the tokenizer.json of Llama 2 and Gemma.
    case characters = "gemma4"
    /// SentencePiece's unigram model: the tokens with the highest sum of scores, as in T5.
    case unigram = "t5"
}
