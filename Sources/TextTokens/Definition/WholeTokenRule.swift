/// The rule for two overlapping tokens that are both matched as a whole.
public enum WholeTokenRule: Sendable {
    /// The longer one, anywhere in the text: llama.cpp's rule, used for GGUF files.
    case longestFirst
    /// The one that starts first, and the longest of those: the rule of Hugging Face's tokenizers.
    case leftmost
}
