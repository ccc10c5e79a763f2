import LanguageModels
import TextTokens
import TokenDecoding

/// A conversion of a stream of tokens to text: whole characters, up to a stop text.
struct TextAssembler {
    /// All text so far.
    private(set) var text = ""
    let emit: (GenerationEvent) -> Void
    private var detokenizer: StreamingDetokenizer
    private var draftDetokenizer: StreamingDetokenizer
    private var stops: StopFinder
    /// The stop texts that are special tokens, by id. Such a token adds no text that could be searched.
    private let stopTokens: [Token: String]
    private var origins: [Origin] = []

    /// The origin of bytes that are held back, possibly for many tokens.
    private struct Origin {
        var byteCount: Int
        let source: DraftSource?
    }

    init(_ tokenizer: Tokenizer, stops: [String], emit: @escaping (GenerationEvent) -> Void) {
        self.stops = StopFinder(stops)
        let tokens = stops.compactMap { stop in tokenizer.specialToken(stop).map { ($0, stop) } }
        stopTokens = Dictionary(tokens.filter { tokenizer.isSpecial($0.0) }, uniquingKeysWith: { first, _ in first })
        self.emit = emit
        text.reserveCapacity(1 << 16)  // enough for a long answer, so that growing does not copy it
        // The text continues a prompt, so a leading space is part of it.
        detokenizer = StreamingDetokenizer(tokenizer, continuingText: true)
        draftDetokenizer = detokenizer
    }

    /// Appends the next token. Returns the stop text that it completes, if any.
    mutating func append(_ token: Token, draftedBy source: DraftSource?) -> String? {
        guard let stop = stopTokens[token] else { return take(detokenizer.append(token), source) }
        return finish() ?? stop
    }

    /// Emits the text that was held back, unless a stop text ended the text.
    mutating func finish(_ reason: FinishReason) {
        if case .stop = reason { return }
        _ = finish()
    }

    /// Emits the text that was held back. Returns the stop text that it completes, if any.
    private mutating func finish() -> String? {
        if let stop = take(detokenizer.finish(), nil) { return stop }
        add(stops.finish())
        return nil
    }

    /// Begins a draft at the end of the text.
    mutating func beginDraft() { draftDetokenizer.goOn(from: detokenizer) }

    /// Emits the text of a drafted token, which may be rejected later.
    mutating func showDraft(_ token: Token, by source: DraftSource) {
        emit(.drafted(draftDetokenizer.append(token), by: source))
    }

    private mutating func take(_ piece: String, _ source: DraftSource?) -> String? {
        if !piece.isEmpty { origins.append(Origin(byteCount: piece.utf8.count, source: source)) }
        let (certain, stop) = stops.append(piece)
        add(certain)
        return stop
    }

    /// Emits text that is certain, split by origin.
    private mutating func add(_ certain: String) {
        text += certain
        var rest = certain.utf8[...]
        while !rest.isEmpty {
            let source = origins[0].source
            var count = 0
            while let origin = origins.first, origin.source == source, count < rest.count {
                let taken = min(origin.byteCount, rest.count - count)
                count += taken
                origins[0].byteCount -= taken
                if origins[0].byteCount == 0 { origins.removeFirst() }
            }
            // Pieces and stop texts consist of whole characters, so this never splits one.
            emit(.text(String(decoding: rest.prefix(count), as: UTF8.self), draftedBy: source))
            rest = rest.dropFirst(count)
        }
    }
}
