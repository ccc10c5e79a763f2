import QuotedText

/// The content of a tokenizer.model: SentencePiece's `ModelProto`.
struct SentencePieceFile {
    /// A token of the vocabulary.
    struct Piece {
        var text = ""
        var score: Float = 0
        var kind = TokenKind.normal
    }

    /// The algorithms that split words into pieces, numbered as in the file.
    enum Algorithm: UInt64 {
        case unigram = 1
        case bpe, word, character
    }

    var pieces: [Piece] = []
    var algorithm = Algorithm.unigram
    var fallsBackToBytes = false
    /// How texts are rewritten, except for the texts that are kept.
    var rules = SentencePieceRules()
    var unknownText = " \u{2047} "
    /// The names of the tokens for the beginning, the end and the padding of texts.
    var beginning = "<s>"
    var end = "</s>"
    var padding = "<pad>"

    /// Reads a file.
    ///
    /// - Throws: ``TokenizerError`` if the file is damaged, or a setting is not supported.
    init(_ bytes: [UInt8]) throws(TokenizerError) {
        var message = ProtobufMessage(bytes[...])
        while let (field, value) = try message.next() {
            switch (field, value) {
            case (1, .bytes(let piece)): pieces.append(try Self.piece(piece, id: pieces.count))
            case (2, .bytes(let settings)): try readTrainerSettings(settings)
            case (3, .bytes(let settings)): try readNormalizerSettings(settings)
            case (5, .bytes(let settings)): try Self.refuseDenormalizer(settings)
            case (1...5, let other):
                if field != 4 { throw Self.failure("field \(field)", "a message", other.name) }
            default: break
            }
        }
        dropNullPieces()
        try check()
    }

    /// Makes pieces of U+0000 unused ids without text, as SentencePiece does: some conversions add one next to
    /// `<0x00>`.
    private mutating func dropNullPieces() {
        for id in pieces.indices where pieces[id].text == "\0" && (fallsBackToBytes || pieces[id].kind == .unused) {
            pieces[id].text = ""
            pieces[id].kind = .unused
        }
    }

    private static func piece(_ bytes: ArraySlice<UInt8>, id: Int) throws(TokenizerError) -> Piece {
        var piece = Piece()
        var message = ProtobufMessage(bytes)
        while let (field, value) = try message.next() {
            switch (field, value) {
            case (1, _): piece.text = try text(value, "text of piece \(id)")
            case (2, .fixed(let bits)): piece.score = Float(bitPattern: bits)
            case (3, .number(let type)):
                guard (1...6).contains(type), let kind = TokenKind(rawValue: Int32(type)) else {
                    throw failure("type of piece \(id)", "1 to 6", "\(type)")
                }
                piece.kind = kind
            case (2...3, let other): throw failure("field \(field) of piece \(id)", "a number", other.name)
            default: break
            }
        }
        return piece
    }

    private mutating func readTrainerSettings(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
        var message = ProtobufMessage(bytes)
        while let (field, value) = try message.next() {
            switch field {
            case 3:
                let number = try Self.number(value, "model_type")
                guard let known = Algorithm(rawValue: number) else {
                    throw Self.failure("model_type", "1 to 4", "\(number)")
                }
                algorithm = known
            case 24: rules.addsSpaceAtEnd = try Self.number(value, "treat_whitespace_as_suffix") != 0
            case 35: fallsBackToBytes = try Self.number(value, "byte_fallback") != 0
            case 44: unknownText = try Self.text(value, "unk_surface")
            case 46: beginning = try Self.text(value, "bos_piece")
            case 47: end = try Self.text(value, "eos_piece")
            case 48: padding = try Self.text(value, "pad_piece")
            default: break
            }
        }
    }

    private mutating func readNormalizerSettings(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
        var message = ProtobufMessage(bytes)
        while let (field, value) = try message.next() {
            switch (field, value) {
            case (2, .bytes(let table)): rules.charsmap = Array(table)
            case (2, let other): throw Self.failure("precompiled_charsmap", "bytes", other.name)
            case (3, _): rules.addsDummySpace = try Self.number(value, "add_dummy_prefix") != 0
            case (4, _): rules.collapsesSpaces = try Self.number(value, "remove_extra_whitespaces") != 0
            case (5, _):
                if try Self.number(value, "escape_whitespaces") == 0 {
                    throw Self.failure("escape_whitespaces", "true", "false, which is not supported")
                }
            default: break
            }
        }
    }

    private static func refuseDenormalizer(_ bytes: ArraySlice<UInt8>) throws(TokenizerError) {
        var message = ProtobufMessage(bytes)
        while let (field, value) = try message.next() {
            if field == 2, case .bytes(let table) = value, !table.isEmpty {
                throw failure("denormalizer_spec", "no table of replacements", "one, which is not supported")
            }
        }
    }

    private static func number(_ value: ProtobufMessage.Value, _ name: String) throws(TokenizerError) -> UInt64 {
        guard case .number(let number) = value else { throw failure(name, "a number", value.name) }
        return number
    }

    private static func text(_ value: ProtobufMessage.Value, _ name: String) throws(TokenizerError) -> String {
        guard case .bytes(let bytes) = value, let text = String(validating: bytes, as: UTF8.self) else {
            throw failure(name, "text in UTF-8", value.name)
        }
        return text
    }

    static func failure(_ place: String, _ expected: String, _ found: String) -> TokenizerError {
        .malformedFile(place: "tokenizer.model, " + place, expected: expected, found: found)
    }
}
