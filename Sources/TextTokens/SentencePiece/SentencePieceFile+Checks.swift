import QuotedText

extension SentencePieceFile {
    /// Checks what SentencePiece checks when it opens a file, and that the algorithm is supported.
    func check() throws(TokenizerError) {
        guard algorithm == .unigram || algorithm == .bpe else {
            throw Self.failure("model_type", "1 (unigram) or 2 (bpe)", "\(algorithm.rawValue) (\(algorithm))")
        }
        guard !pieces.isEmpty else { throw Self.failure("pieces", "at least one", "none") }
        var known = (
            ordinary: ByteStringTable(minimumCapacity: pieces.count), others: ByteStringTable(minimumCapacity: 8)
        )
        for (id, piece) in pieces.enumerated() {
            let text = Array(piece.text.utf8)
            guard !text.isEmpty else { throw Self.failure("piece \(id)", "a text", "none") }
            let isOrdinary = [.normal, .userDefined, .unused].contains(piece.kind)
            guard (isOrdinary ? known.ordinary : known.others).find(text.span) == nil else {
                throw Self.failure("piece \(id)", "distinct texts", "\(piece.text.quoted) twice")
            }
            if isOrdinary { known.ordinary.add(text) } else { known.others.add(text) }
        }
        let unknown = pieces.count { $0.kind == .unknown }
        guard unknown == 1 else { throw Self.failure("pieces", "one for unknown characters (type 2)", "\(unknown)") }
        try checkBytes()
        if algorithm == .bpe, let unused = pieces.firstIndex(where: { $0.kind == .unused }) {
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
