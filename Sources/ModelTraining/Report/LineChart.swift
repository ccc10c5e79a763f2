/// A chart of curves over steps, as inline SVG that scales with the page.
struct LineChart {
    /// One curve.
    struct Series {
        let name: String
        /// A CSS colour.
        let color: String
        let points: [Point]
    }

    struct Point: Equatable {
        let x: Double
        let y: Double
    }

    let title: String
    /// Formats a value on the vertical axis.
    let format: (Double) -> String
    let series: [Series]
    /// The range of the vertical axis; nil for that of the points.
    var range: ClosedRange<Double>?

    // User units, which the page scales to its width. Text must be large enough for a phone.
    private static let width = 640.0
    private static let height = 360.0
    private static let left = 62.0
    // Room for half of the last step's number.
    private static let right = 28.0
    private static let top = 12.0
    private static let bottom = 34.0

    /// The chart with its title and legend, or a note if there is nothing to show.
    var html: String {
        let shown = series.map(\.finite).filter { !$0.points.isEmpty }
        guard let frame = Frame(shown.flatMap(\.points), range: range) else {
            return "<figure><figcaption>\(title.escaped)</figcaption><p>Nothing measured yet.</p></figure>"
        }
        let legend = shown.map {
            "<span><i style=\"background:\($0.color)\"></i>\($0.name.escaped)</span>"
        }
        return """
            <figure><figcaption>\(title.escaped)</figcaption>
            <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(title.escaped)">
            \(grid(frame))
            \(shown.map { curve($0, frame) }.joined(separator: "\n"))
            </svg>
            <p class="legend">\(legend.joined(separator: " "))</p></figure>
            """
    }

    private func grid(_ frame: Frame) -> String {
        let rows = frame.y.ticks.map { value in
            let (y, right) = (self.y(value, frame), Self.width - Self.right)
            return """
                <line class="grid" x1="\(Self.left.short)" x2="\(right.short)" y1="\(y.short)" y2="\(y.short)"/>\
                <text x="\((Self.left - 8).short)" y="\((y + 6).short)" text-anchor="end">\
                \(format(value).escaped)</text>
                """
        }
        let columns = frame.x.ticks.map { value in
            let x = self.x(value, frame)
            return
                "<text x=\"\(x.short)\" y=\"\((Self.height - 8).short)\" text-anchor=\"middle\">\(value.count)</text>"
        }
        let unit = "<text x=\"0\" y=\"\((Self.height - 8).short)\">step</text>"
        return (rows + columns + [unit]).joined(separator: "\n")
    }

    private func curve(_ series: Series, _ frame: Frame) -> String {
        let points = series.thinned.points.map { "\(x($0.x, frame).short),\(y($0.y, frame).short)" }
        let style = "stroke=\"\(series.color)\""
        // A line needs two points.
        if points.count == 1, let point = series.points.first {
            return "<circle cx=\"\(x(point.x, frame).short)\" cy=\"\(y(point.y, frame).short)\" r=\"3\" \(style)/>"
        }
        return "<polyline \(style) points=\"\(points.joined(separator: " "))\"/>"
    }

    private func x(_ value: Double, _ frame: Frame) -> Double {
        Self.left + frame.x.share(value) * (Self.width - Self.left - Self.right)
    }

    private func y(_ value: Double, _ frame: Frame) -> Double {
        Self.height - Self.bottom - frame.y.share(value) * (Self.height - Self.top - Self.bottom)
    }
}

extension LineChart.Series {
    /// The series without points that are not finite.
    fileprivate var finite: Self {
        let points = points.filter { $0.x.isFinite && $0.y.isFinite }
        return Self(name: name, color: color, points: points)
    }

    /// The series with at most about 400 points, each a mean of neighbours. More would be indistinguishable, and make
    /// the page large.
    fileprivate var thinned: Self {
        let group = (points.count + 399) / 400
        guard group > 1 else { return self }
        let means = stride(from: 0, to: points.count, by: group).map { start in
            let part = points[start..<min(start + group, points.count)]
            let count = Double(part.count)
            return LineChart.Point(
                x: part.reduce(0) { $0 + $1.x } / count, y: part.reduce(0) { $0 + $1.y } / count)
        }
        return Self(name: name, color: color, points: means)
    }
}

/// The two axes of a chart.
private struct Frame {
    let x: Axis
    let y: Axis

    /// Returns nil if there are no points.
    init?(_ points: [LineChart.Point], range: ClosedRange<Double>?) {
        guard let first = points.first else { return nil }
        let bounds = points.reduce((x: first.x...first.x, y: first.y...first.y)) { bounds, point in
            (
                min(bounds.x.lowerBound, point.x)...max(bounds.x.upperBound, point.x),
                min(bounds.y.lowerBound, point.y)...max(bounds.y.upperBound, point.y)
            )
        }
        x = Axis(bounds.x, parts: 4)
        y = Axis(range ?? bounds.y, parts: 5)
    }
}
