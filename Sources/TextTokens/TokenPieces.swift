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
    /// Whether the first token loses the spaces that its marks stand for, as with a Metaspace. That are all its spaces,
    /// except for the tokens in ``firstForms``.
    let firstLosesMarks: Bool
    /// What tokens become as the first of a text if that is not just without their spaces.
    private var firstForms: [Int32: [UInt8]] = [:]

    /// - Parameters:
    ///   - model: the model, whose table of byte-level tokens is shared.
    ///   - budget: what is left for regular expressions.
    init(
        _ definition: TokenizerDefinition, _ kinds: [TokenKind], _ model: Tokenizer.Model, _ normalizer: Normalizer,
        _ budget: inout PatternBudget
    ) throws(TokenizerError) {
        let steps = definition.decoder ?? []
        let plan = try DecoderPlan(steps, &budget)
        separator = steps.isEmpty ? [UInt8(ascii: " ")] : []
        dropped = plan.dropped
        followsSentencePiece = plan.unknown != nil
        firstLosesMarks = plan.firstLosesMarks
        // Hugging Face's library decodes the tokens that are matched as a whole like all others.
        let areTokensAlike = definition.wholeTokenRule == .leftmost && !followsSentencePiece
        var limits = RewritingLimits(textLength: definition.tokens.reduce(0) { $0 + $1.utf8.count })
        func bytes(of id: Int, isFirst: Bool = false) throws(TokenizerError) -> [UInt8] {
            if let unknown = plan.unknown, kinds[id] == .unknown { return Array(unknown.utf8) }
            var text = definition.tokens[id]
            if areTokensAlike, kinds[id].isMatchedWhole, definition.flags[Int32(id)]?.contains(.normalized) == true {
                let normalized = try normalizer.normalized(Array(text.utf8), within: &limits)
                text = String(decoding: normalized, as: UTF8.self)
            }
            // In other vocabularies, only the step ByteFallback turns such tokens into bytes.
            let isByte = kinds[id] == .byte && definition.model == .byteLevel
            let isLiteral = kinds[id].isMatchedWhole && !areTokensAlike
            return try plan.bytes(of: text, isByte: isByte, isLiteral: isLiteral, isFirst: isFirst, within: &limits)
        }
        if case .merges(let shared) = model, case let model = shared.value, definition.model == .byteLevel,
            steps == [.byteLevel]
        {
            var isShared = true
            for id in kinds.indices where kinds[id].isMatchedWhole && areTokensAlike {
                let own = try bytes(of: id)
                if own[...] != model.symbols.bytes[model.symbols.range(of: id)] { isShared = false }
            }
            if isShared {
                table = model.symbols
                return
            }
        }
        var table = ByteStringTable(minimumCapacity: 0)
        for id in definition.tokens.indices {
            let own = try bytes(of: id)
            table.add(own, findable: false)
            // Where marks are all that becomes spaces, no other token needs a form of its own.
            guard firstLosesMarks, steps.count > 1 || definition.tokens[id].utf8.contains(UInt8(ascii: " ")) else {
                continue
            }
            let first = try bytes(of: id, isFirst: true)
            if first != Self.withoutSpaces(own) { firstForms[Int32(id)] = first }
        }
        self.table = table
    }

    /// The bytes of a token, which must be in the vocabulary.
    subscript(id: Int32) -> ArraySlice<UInt8> { table.bytes[table.range(of: Int(id))] }

    /// What a token becomes as the first of a text, if marks are dropped there.
    func firstForm(of id: Int32) -> [UInt8] { firstForms[id] ?? Self.withoutSpaces(Array(self[id])) }

    private static func withoutSpaces(_ bytes: [UInt8]) -> [UInt8] { bytes.filter { $0 != UInt8(ascii: " ") } }

    /// How many times a token of a kind loses the dropped character at most.
    func most(of kind: TokenKind) -> Int {
        guard followsSentencePiece else { return .max }
        return kind == .byte || kind == .unknown ? 0 : 1
    }

    /// The number of bytes of a token.
    func length(of id: Int) -> Int { table.range(of: id).count }
}
