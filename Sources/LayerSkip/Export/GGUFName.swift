import TextTokens

/// The name that a GGUF file states for its model.
struct GGUFName {
    /// The name.
    let text: String
    /// A note for people, if the name was changed.
    let note: String?

    /// Takes a name as it is, unless llama.cpp could not open a file with it. A name with "phi3" or "phi-3" makes
    /// llama.cpp look up tokens of Phi-3's own vocabulary, and fail if one is missing (`llama-vocab.cpp`).
    init(_ name: String, tokens: [String]) {
        let markers = ["phi3", "phi-3", "Phi3", "Phi-3", "PHI3", "PHI-3"].filter(name.contains)
        guard !markers.isEmpty, !Set(tokens).isSuperset(of: ["</s>", "<unk>", "<s>", "<|endoftext|>"]) else {
            (text, note) = (name, nil)
            return
        }
        text = markers.reduce(name) { $0.replacing($1, with: "\($1.prefix(3)) 3") }
        note =
            "the file names the model \(text.quoted), since llama.cpp cannot open a file named after Phi-3 "
            + "without Phi-3's tokens"
    }
}
