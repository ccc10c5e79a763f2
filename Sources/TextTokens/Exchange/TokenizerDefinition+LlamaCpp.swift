extension TokenizerDefinition {
    /// A note for people on what llama.cpp does otherwise with a GGUF file that has this tokenizer's rule by name; nil
    /// if nothing is known.
    package var llamaCppNote: String? {
        guard model == .byteLevel, let preTokenizer, let named = try? NamedPreTokenizer.known(preTokenizer) else {
            return nil
        }
        var differences: [String] = []
        if !named.normalizer(of: preTokenizer).isEmpty { differences.append("it does not normalize texts to NFC") }
        if named.isApproximateInLlamaCpp { differences.append("its rule for words only comes close to this one") }
        guard !differences.isEmpty else { return nil }
        return "llama.cpp may encode some texts otherwise: \(differences.joined(separator: ", and "))"
    }
}
