extension TokenizerDefinition {
    /// The user-defined tokens of a completed definition that are runs of spaces, as in Gemma's GGUF files.
    ///
    /// Such files write spaces for the published tokens' marks (U+2581). A mark in a text stands for a space, so the
    /// published tokenizer finds these tokens in runs of both: first runs of marks alone, then, once spaces have become
    /// marks, all others. If a space is added before texts, a file's tokens are taken literally, as llama.cpp does.
    func spaceRuns(_ kinds: [TokenKind]) -> [Int32] {
        guard model == .scored, normalizer == Self.stepsForSpaces(prefix: false).normalizer else { return [] }
        return tokens.indices.filter { id in
            kinds[id] == .userDefined && tokens[id].utf8.count > 1
                && tokens[id].utf8.allSatisfy { $0 == UInt8(ascii: " ") }
        }.map { Int32($0) }
    }
}
