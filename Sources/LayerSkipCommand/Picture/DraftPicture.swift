import LayerSkip

/// A picture of a text as SVG, in which colours show which tokens were drafted and accepted, and which ones the full
/// model wrote. Drafts that did not become part of the text are small and struck through.
///
/// It depends only on the text and its rounds. Nothing in it is loaded or run.
struct DraftPicture {
    /// How a token came. The names are classes in the picture.
    enum Origin: String {
        case accepted, lookup, cascade, lowbit, written, rejected

        /// An accepted draft.
        static func accepted(from source: DraftSource?) -> Origin {
            switch source {
            case .lookup: .lookup
            case .cascade: .cascade
            case .lowBit: .lowbit
            case .earlyExit, nil: .accepted
            }
        }
    }

    private var layout = PictureLayout(left: Self.margin, right: Self.width - Self.margin)
    private var elements: [String] = []
    /// The bytes of the text that are still to be drawn.
    private var bytesLeft: Int
    private let legend: PictureLegend
    private let caption: String

    /// - Parameters:
    ///   - result: a result with its rounds.
    ///   - prompt: the text before it.
    ///   - strategy: the strategy that wrote it.
    ///   - layerCount: the number of the model's layers.
    init(_ result: GenerationResult, prompt: String, strategy: DecodingStrategy, layerCount: Int) {
        bytesLeft = result.text.utf8.count
        legend = PictureLegend(
            strategy, sources: Set(result.rounds.compactMap(\.source)), layerCount: layerCount)
        caption = strategy.caption(result.statistics, layerCount: layerCount)
        draw(prompt: prompt)
        for round in result.rounds {
            for (index, piece) in round.drafted.enumerated() {
                draw(piece, index >= round.accepted ? .rejected : .accepted(from: round.source))
            }
            draw(round.written, .written)
        }
    }

    /// The picture.
    var svg: String {
        let bottom = Self.top + Double(layout.rowCount) * Self.lineHeight
        let height = (bottom + Self.captionHeight).pixels
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width.pixels)" height="\(height)" \
            viewBox="0 0 \(Self.width.pixels) \(height)" role="img" xml:space="preserve">
            <title>\(caption.escaped)</title>
            <style>
            \(PictureStyle.css)
            </style>
            <rect class="page" x="0.5" y="0.5" width="\((Self.width - 1).pixels)" \
            height="\((bottom + Self.captionHeight - 1).pixels)" rx="6"/>
            \(legend.svg(x: Self.margin, y: Self.legendLine))
            \(elements.joined(separator: "\n"))
            <text class="note" x="\(Self.margin.pixels)" y="\((bottom + 24).pixels)">\(caption.escaped)</text>
            </svg>

            """
    }

    // In pixels. The width is that of a page on GitHub.
    private static let width = 830.0
    private static let margin = 16.0
    private static let legendLine = 26.0
    private static let top = 44.0
    private static let lineHeight = 22.0
    private static let captionHeight = 38.0
    /// A longer prompt would hide the text; its end is shown.
    private static let shownPrompt = 1200
}

// MARK: Tokens

extension DraftPicture {
    private mutating func draw(prompt: String) {
        let end = String(prompt.unicodeScalars.suffix(Self.shownPrompt))
        let shown = end.utf8.count < prompt.utf8.count ? "…" + end : end
        guard !shown.isEmpty else { return }
        let texts = layout.place(shown.visible).map { Self.text($0, .normal) }
        elements.append("<g class=\"prompt\">\(texts.joined())</g>")
    }

    /// Draws a token. What exceeds the text is drawn as not part of it, such as a draft after the end of the text.
    private mutating func draw(_ piece: GenerationRound.Piece, _ origin: Origin) {
        let (part, rest) = piece.text.split(atByte: origin == .rejected ? 0 : bytesLeft)
        let isPart = origin != .rejected && (bytesLeft > 0 || piece.text.isEmpty)
        bytesLeft -= part.utf8.count
        var shapes = isPart ? layout.place(part.visible).map { Self.shape($0, .normal) } : []
        if !isPart || !rest.isEmpty { shapes += layout.placeAside(rest.visible).map { Self.shape($0, .small) } }
        elements.append("<g class=\"\(origin.rawValue)\">\(shapes.joined())</g>")
    }

    /// A box with the token's text.
    private static func shape(_ segment: PictureLayout.Segment, _ size: PictureLayout.Size) -> String {
        let height = size == .normal ? lineHeight - 3 : lineHeight - 7
        let y = top + Double(segment.row) * lineHeight + (lineHeight - height) / 2
        let width = segment.width - PictureLayout.gap
        let box =
            "<rect x=\"\(segment.x.pixels)\" y=\"\(y.pixels)\" width=\"\(width.pixels)\" height=\"\(height.pixels)\" "
            + "rx=\"3\"/>"
        return box + text(segment, size)
    }

    private static func text(_ segment: PictureLayout.Segment, _ size: PictureLayout.Size) -> String {
        guard !segment.text.isEmpty else { return "" }
        let y = top + Double(segment.row) * lineHeight + (size == .normal ? 15.5 : 14.5)
        // Fonts differ in width; the text keeps to its box.
        return "<text\(size == .small ? " class=\"aside\"" : "") x=\"\(segment.x.pixels)\" y=\"\(y.pixels)\" "
            + "textLength=\"\(segment.width.pixels)\">\(segment.text.escaped)</text>"
    }
}

extension Double {
    /// A length in pixels, without needless decimals.
    var pixels: String { self == rounded() ? "\(Int(self))" : formatted(decimals: 1) }
}
