import LayerSkip

/// A heat map of predicted speedups as SVG: a row for each exit layer, a column for each draft length.
struct TuningPicture {
    private let tuning: Tuning
    private let caption: String
    private let best: Tuning.Cell?
    private let lengths: [Int]
    private let cellWidth: Double
    private let cellHeight: Double

    init(_ tuning: Tuning, of model: TextModel) {
        self.tuning = tuning
        best = tuning.best
        lengths = tuning.lookups.map(\.draftLength)
        cellWidth = max(3, min(44, (Self.width - Self.left - Self.margin) / Double(max(1, lengths.count))))
        cellHeight = tuning.exitLayers.count > 40 ? 13 : 20
        let name = model.summary.name.map { "\($0.visible) · " } ?? ""
        let found =
            best.flatMap { best in
                best.exitLayer.map {
                    "best: exit layer \($0) of \(model.shape.layerCount), draft length \(best.draftLength), "
                        + "\(best.speedup.formatted(decimals: 2))x"
                }
            } ?? "no exit layer is faster than plain decoding"
        caption = "\(name)\(found) · \(tuning.tokenCount.counted("token")) · \(model.model.compute.kernels.name)"
    }

    /// The picture.
    var svg: String {
        let bottom = Self.top + Double(tuning.exitLayers.count) * cellHeight
        let height = bottom + Self.captionHeight
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Self.width.pixels)" height="\(height.pixels)" \
            viewBox="0 0 \(Self.width.pixels) \(height.pixels)" role="img">
            <title>\(caption.escaped)</title>
            <style>
            \(SpeedupColor.css)
            </style>
            <rect class="page" x="0.5" y="0.5" width="\((Self.width - 1).pixels)" height="\((height - 1).pixels)" \
            rx="6"/>
            \(scale)
            \(axes(bottom: bottom))
            \(tuning.cells.map(cell).joined(separator: "\n"))
            \(best.map(mark) ?? "")
            <text class="note" x="\(Self.margin.pixels)" y="\((bottom + 50).pixels)">\(caption.escaped)</text>
            </svg>

            """
    }

    // In pixels. The width is that of a page on GitHub.
    private static let width = 830.0
    private static let margin = 16.0
    private static let left = 64.0
    private static let top = 66.0
    private static let captionHeight = 64.0
    /// A narrower cell has no number, but still one in its title.
    private static let numberWidth = 27.0
}

extension TuningPicture {
    /// The colours and what they mean.
    private var scale: String {
        let colors = SpeedupColor.all(best: best?.speedup)
        let samples = colors.enumerated().map { index, color in
            let x = Self.left + Double(index) * Self.sampleWidth
            return "<rect class=\"\(color.name)\" x=\"\(x.pixels)\" y=\"14\" width=\"\(Self.sampleWidth.pixels)\" "
                + "height=\"14\"/><text x=\"\((x + Self.sampleWidth / 2).pixels)\" y=\"40\">\(color.label)</text>"
        }
        return "<g class=\"scale\">\(samples.joined())</g>"
    }

    private static var sampleWidth: Double { 76 }

    private func axes(bottom: Double) -> String {
        let columns = lengths.enumerated().map { index, length in
            // Labels need the width of two digits or so.
            index % max(1, Int((18 / cellWidth).rounded(.up))) == 0
                ? text("\(length)", x: x(index) + cellWidth / 2, y: bottom + 13) : ""
        }
        let rows = tuning.exitLayers.enumerated().map { index, exit in
            "<text class=\"row\" x=\"\((Self.left - 6).pixels)\" y=\"\((y(index) + cellHeight / 2 + 3.5).pixels)\">"
                + "\(exit)</text>"
        }
        return "<g class=\"axis\">" + columns.joined() + rows.joined() + "</g>\n"
            + "<text class=\"note\" x=\"\(Self.left.pixels)\" y=\"\((bottom + 29).pixels)\">"
            + "draft length (tokens drafted per round)</text>\n"
            + "<text class=\"note\" x=\"\(Self.margin.pixels)\" y=\"\((Self.top - 6).pixels)\">exit layer</text>"
    }

    private func cell(_ cell: Tuning.Cell) -> String {
        guard let place = place(cell) else { return "" }
        let number = cell.speedup.formatted(decimals: 2)
        let color = SpeedupColor(cell.speedup, best: best?.speedup)
        let label =
            cellWidth >= Self.numberWidth
            ? text(number, x: place.x + cellWidth / 2, y: place.y + cellHeight / 2 + 3.5) : ""
        return "<g class=\"cell\"><title>exit layer \(cell.exitLayer ?? 0), draft length \(cell.draftLength): "
            + "\(number)x, \(cell.acceptanceRate.percentage) accepted</title>"
            + "<rect class=\"\(color.name)\" x=\"\(place.x.pixels)\" y=\"\(place.y.pixels)\" "
            + "width=\"\(cellWidth.pixels)\" height=\"\(cellHeight.pixels)\"/>\(label)</g>"
    }

    private func mark(_ cell: Tuning.Cell) -> String {
        guard let place = place(cell) else { return "" }
        return "<rect class=\"best\" x=\"\(place.x.pixels)\" y=\"\(place.y.pixels)\" width=\"\(cellWidth.pixels)\" "
            + "height=\"\(cellHeight.pixels)\"/>"
    }

    private func text(_ text: String, x: Double, y: Double) -> String {
        "<text x=\"\(x.pixels)\" y=\"\(y.pixels)\">\(text)</text>"
    }

    private func place(_ cell: Tuning.Cell) -> (x: Double, y: Double)? {
        guard let column = lengths.firstIndex(of: cell.draftLength),
            let row = tuning.exitLayers.firstIndex(where: { $0 == cell.exitLayer })
        else { return nil }
        return (x(column), y(row))
    }

    private func x(_ column: Int) -> Double { Self.left + Double(column) * cellWidth }

    private func y(_ row: Int) -> Double { Self.top + Double(row) * cellHeight }
}
