/// The bytes that each token decodes to, and how tokens are joined into a text.
struct TokenPieces: Sendable {
    private let table: ByteStringTable
    /// What separates two tokens.
    let separator: [UInt8]
    /// The character that is dropped at the start of a text, and how many times at most.
    let dropped: (byte: UInt8, count: Int)
    /// Whether SentencePiece's rules apply: unknown tokens are text and not special, and a token loses at most one
    /// space, one for unknown characters or a byte none.
    let followsSentencePiece: Bool
    /// Whether the first token loses all its spaces, as with a Metaspace.
    let firstLosesSpaces: Bool

    /// - Parameter model: the model, whose table of byte-level tokens is shared.
    init(
        _ definition: TokenizerDefinition, _ kinds: [TokenKind], _ model: Tokenizer.Model
    ) throws(TokenizerError) {
        let steps = definition.decoder ?? []
        let plan = try DecoderPlan(steps)
        separator = steps.isEmpty ? [UInt8(ascii: " ")] : []
        dropped = plan.dropped
        followsSentencePiece = plan.unknown != nil
        firstLosesSpaces = plan.firstLosesSpaces
        if case .merges(let model) = model, definition.model == .byteLevel, steps == [.byteLevel] {
            table = model.symbols
            return
        }
        var table = ByteStringTable(minimumCapacity: 0)
        for (id, token) in definition.tokens.enumerated() {
            if let unknown = plan.unknown, kinds[id] == .unknown {
                table.add(unknown.utf8, findable: false)
                continue
            }
            table.add(
                try plan.bytes(of: token, isByte: kinds[id] == .byte, isWhole: kinds[id].isMatchedWhole),
                findable: false)
        }
        self.table = table
    }

    /// The bytes of a token, which must be in the vocabulary.
    subscript(id: Int32) -> ArraySlice<UInt8> { table.bytes[table.range(of: Int(id))] }

    /// How many times a token of a kind loses the dropped character at most.
    func most(of kind: TokenKind) -> Int {
        guard followsSentencePiece else { return .max }
        return kind == .byte || kind == .unknown ? 0 : 1
    }

    /// The number of bytes of a token.
    func length(of id: Int) -> Int { table.range(of: id).count }
}
