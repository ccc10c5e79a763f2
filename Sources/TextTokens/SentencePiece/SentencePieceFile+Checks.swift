import QuotedText

extension SentencePieceFile {
    /// Checks what SentencePiece checks when it opens a file, and that the algorithm is supported.
    func check() throws(TokenizerError) {
        guard algorithm == .unigram || algorithm == .bpe else {
            throw Self.failure("model_type", "1 (unigram) or 2 (bpe)", "\(algorithm.rawValue) (\(algorithm))")
        }
        guard !pieces.isEmpty else { throw Self.failure("pieces", "at least one", "none") }
        var known = ByteStringTable(minimumCapacity: pieces.count)
        for (id, piece) in pieces.enumerated() where piece.kind != .unused || !piece.text.isEmpty {
            let text = Array(piece.text.utf8)
            guard !text.isEmpty, !text.contains(0) else {
                throw Self.failure("piece \(id)", "a text without U+0000", piece.text.quoted)
            }
            guard known.find(text.span) == nil else {
                throw Self.failure("piece \(id)", "distinct texts", "\(piece.text.quoted) twice")
            }
            known.add(text)
        }
        let unknown = pieces.count { $0.kind == .unknown }
        guard unknown == 1 || unknown == 0 && fallsBackToBytes else {
            throw Self.failure("pieces", "one for unknown characters (type 2)", "\(unknown)")
        }
        try checkBytes()
        if algorithm == .bpe, let unused = pieces.firstIndex(where: { $0.kind == .unused && !$0.text.isEmpty }) {
            throw Self.failure("piece \(unused)", "a type other than unused in a BPE model", "unused")
        }
    }

    private func checkBytes() throws(TokenizerError) {
        var bytes = Set<UInt8>()
        for (id, piece) in pieces.enumerated() where piece.kind == .byte {
            guard fallsBackToBytes else { throw Self.failure("piece \(id)", "no byte without byte_fallback", "one") }
            guard let byte = TokenKind.byteValue(of: piece.text) else {
                throw Self.failure("piece \(id)", "a byte such as <0x0A>", piece.text.quoted)
            }
            bytes.insert(byte)
        }
        guard !fallsBackToBytes || bytes.count == 256 else {
            throw Self.failure("pieces", "256 bytes, since byte_fallback is set", "\(bytes.count)")
        }
    }
}
