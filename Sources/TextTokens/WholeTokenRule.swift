/// Which of two tokens stands where both are matched whole and overlap in a text.
public enum WholeTokenRule: Sendable {
    /// The longer one, wherever it is: llama.cpp's rule, for GGUF files.
    case longestFirst
    /// The one that starts first, and of those the longest: the rule of Hugging Face's tokenizers.
    case leftmost
}
