import QuotedText

extension TokenizerFile {
    /// An error about a place in the file.
    static func failure(_ place: String, expected: String, found: String) -> TokenizerError {
        .malformedFile(place: place, expected: expected, found: found)
    }

    /// Checks that the file has no settings that would change ids or texts in an unsupported way. The pre-tokenizer and
    /// the post-processor are checked where they are read.
    ///
    /// - Throws: ``TokenizerError/malformedFile(place:expected:found:)`` for the first unsupported setting.
    func check() throws(TokenizerError) {
        try checkModel()
        if let normalizer { throw Self.failure("normalizer", expected: "none", found: normalizer.type.quoted) }
        let decoders = decoder.map { $0.type == "Sequence" ? $0.decoders ?? [] : [$0] } ?? []
        if let other = decoders.first(where: { $0.type != "ByteLevel" }) {
            throw Self.failure("decoder", expected: "\"ByteLevel\"", found: other.type.quoted)
        }
        for token in added_tokens ?? [] where token.rstrip == true || token.lstrip == true || token.single_word == true
        {
            throw Self.failure(
                "added_tokens", expected: "tokens without lstrip, rstrip or single_word", found: token.content.quoted)
        }
    }

    private func checkModel() throws(TokenizerError) {
        func fail(_ found: String) -> TokenizerError { Self.failure("model", expected: "byte-level BPE", found: found) }
        if let type = model.type, type != "BPE" { throw fail(type.quoted) }
        if model.byte_fallback == true { throw fail("SentencePiece-style BPE (byte_fallback)") }
        if let sign = sentencePieceSign { throw fail("SentencePiece-style BPE (\(sign))") }
        if let prefix = model.continuing_subword_prefix, !prefix.isEmpty {
            throw fail("BPE with continuing_subword_prefix \(prefix.quoted)")
        }
        if let suffix = model.end_of_word_suffix, !suffix.isEmpty {
            throw fail("BPE with end_of_word_suffix \(suffix.quoted)")
        }
        if let dropout = model.dropout, dropout != 0 {
            throw Self.failure(
                "model.dropout", expected: "0, as the same text must have the same ids", found: "\(dropout)")
        }
    }

    /// The part of the file that shows a vocabulary with SentencePiece's spaces; nil if there is none.
    private var sentencePieceSign: String? {
        let normalizers = normalizer.map { [$0] + ($0.normalizers ?? []) } ?? []
        if normalizers.contains(where: { $0.type == "Prepend" }) { return "normalizer \"Prepend\"" }
        let cuts = pre_tokenizer.map { [$0] + ($0.pretokenizers ?? []) } ?? []
        return cuts.contains { $0.type == "Metaspace" } ? "pre_tokenizer \"Metaspace\"" : nil
    }

    /// User-facing notes about settings of the file that are not applied.
    var notes: [String] {
        [truncation.map { _ in "truncation" }, padding.map { _ in "padding" }].compactMap(\.self).map {
            "the tokenizer's \($0) is not applied"
        }
    }
}
