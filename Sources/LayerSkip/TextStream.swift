import LanguageModels
import TextTokens

/// Turns a stream of tokens into text: whole characters, up to a stop text.
struct TextStream {
    /// All text so far.
    private(set) var text = ""
    let emit: (GenerationEvent) -> Void
    private let tokenizer: Tokenizer
    private var detokenizer: StreamingDetokenizer
    private var stops: StopFinder

    init(_ tokenizer: Tokenizer, stops: [String], emit: @escaping (GenerationEvent) -> Void) {
        self.tokenizer = tokenizer
        self.stops = StopFinder(stops)
        self.emit = emit
        // The text continues a prompt, so a leading space is its own.
        detokenizer = StreamingDetokenizer(tokenizer, continuingText: true)
    }

    /// Takes the next token; the stop text that it completes, if any.
    mutating func append(_ token: Token) -> String? {
        let (certain, stop) = stops.append(detokenizer.append(token))
        add(certain)
        return stop
    }

    /// Gives out what was held back, unless a stop text ended the text.
    mutating func finish(_ reason: FinishReason?) {
        if case .stop = reason { return }
        let (certain, stop) = stops.append(detokenizer.finish())
        add(certain)
        if stop == nil { add(stops.finish()) }
    }

    /// Shows tokens that may not stand.
    var draftReport: (Token) -> Void {
        { [tokenizer, emit] token in
            emit(.drafted(tokenizer.decode([token], skippingSpecialTokens: false, continuingText: true)))
        }
    }

    private mutating func add(_ piece: String) {
        guard !piece.isEmpty else { return }
        text += piece
        emit(.text(piece))
    }
}
