import LayerSkip

/// A curve of approximate decoding as SVG: loss and agreement over speed, a dot for each threshold.
struct ApproximationPicture {
    private let report: ApproximationReport
    private let points: [ApproximationReport.Point]
    private let speeds: ClosedRange<Double>

    init(_ report: ApproximationReport) {
        self.report = report
        points = report.points.filter { $0.speedup.median.value != nil }
            .sorted { ($0.speedup.median.value ?? 0) < ($1.speedup.median.value ?? 0) }
        let all = points.compactMap(\.speedup.median.value) + [1]
        speeds = Self.range(all)
    }

    /// The picture.
    var svg: String {
        let losses = (points.map(\.quality) + [report.plain]).compactMap(\.nll.value)
        let agreements = points.map { 100 * $0.quality.agreement } + [100]
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="830" height="360" viewBox="0 0 830 360" role="img">
            <title>\(caption.escaped)</title>
            <style>
            \(Self.css)
            </style>
            <rect class="page" x="0.5" y="0.5" width="829" height="359" rx="6"/>
            \(panel("loss in nats per token", left: 60, Self.range(losses), of: \.nll.value, plain: report.plain.nll.value))
            \(panel(
                "agreement with the full model in %", left: 475, Self.range(agreements), of: { 100 * $0.agreement },
                plain: 100))
            <text class="note" x="16" y="344">\(caption.escaped)</text>
            </svg>

            """
    }

    private var caption: String {
        let exits = report.exitLayers.map(\.description).joined(separator: ", ")
        return "\(report.model): exit layer \(exits) of \(report.layerCount) by \(report.measure), "
            + "\(report.tokens.counted("token")), \(report.kernels)"
            + (points.contains(where: \.isHalfOfLayers) ? "; orange: half of the layers" : "")
    }

    // In pixels.
    private static let (top, bottom, width) = (40.0, 280.0, 335.0)

    /// A plot of a quality over speed.
    private func panel(
        _ title: String, left: Double, _ values: ClosedRange<Double>,
        of quality: (ApproximationReport.Quality) -> Double?, plain: Double?
    ) -> String {
        func x(_ speed: Double) -> Double { left + Self.width * Self.share(of: speed, in: speeds) }
        func y(_ value: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * Self.share(of: value, in: values) }
        let places = points.compactMap { point -> (x: Double, y: Double, point: ApproximationReport.Point)? in
            guard let value = quality(point.quality), let speed = point.speedup.median.value else { return nil }
            return (x(speed), y(value), point)
        }
        let line = places.map { "\($0.x.pixels),\($0.y.pixels)" }.joined(separator: " ")
        let dots = places.map { place in
            let value = quality(place.point.quality) ?? 0
            let name =
                "\(report.measure) \(place.point.value.formatted(decimals: 3)): "
                + "\((place.point.speedup.median.value ?? 0).formatted(decimals: 2))x, "
                + "\(value.formatted(decimals: 3)), "
                + "\(place.point.quality.layersPerToken.formatted(decimals: 1)) layers"
            return "<circle\(place.point.isHalfOfLayers ? " class=\"half\"" : "") cx=\"\(place.x.pixels)\" "
                + "cy=\"\(place.y.pixels)\" r=\"\(place.point.isHalfOfLayers ? 6 : 4)\"><title>\(name)</title></circle>"
        }
        let dashes = plain.map {
            "<line class=\"plain\" x1=\"\(left.pixels)\" x2=\"\((left + Self.width).pixels)\" "
                + "y1=\"\(y($0).pixels)\" y2=\"\(y($0).pixels)\"/>"
        }
        return
            ([
                "<text x=\"\(left.pixels)\" y=\"24\">\(title)</text>", axes(left: left, values, x, y), dashes ?? "",
                "<polyline points=\"\(line)\"/>",
            ] + dots).joined(separator: "\n")
    }

    private func axes(
        left: Double, _ values: ClosedRange<Double>, _ x: (Double) -> Double, _ y: (Double) -> Double
    ) -> String {
        let horizontal = Self.marks(values).map { mark in
            "<line x1=\"\(left.pixels)\" x2=\"\((left + Self.width).pixels)\" y1=\"\(y(mark.value).pixels)\" "
                + "y2=\"\(y(mark.value).pixels)\"/><text class=\"row\" x=\"\((left - 6).pixels)\" "
                + "y=\"\((y(mark.value) + 4).pixels)\">\(mark.label)</text>"
        }
        let vertical = Self.marks(speeds).map { mark in
            "<line x1=\"\(x(mark.value).pixels)\" x2=\"\(x(mark.value).pixels)\" y1=\"\(Self.top.pixels)\" "
                + "y2=\"\(Self.bottom.pixels)\"/><text class=\"column\" x=\"\(x(mark.value).pixels)\" "
                + "y=\"\((Self.bottom + 16).pixels)\">\(mark.label)x</text>"
        }
        let label = "<text x=\"\(left.pixels)\" y=\"\((Self.bottom + 34).pixels)\">speed over plain decoding</text>"
        return (horizontal + vertical + [label]).joined(separator: "\n")
    }

    /// Round numbers in a range, at most seven, with as many decimals as they need.
    private static func marks(_ range: ClosedRange<Double>) -> [(value: Double, label: String)] {
        let width = range.upperBound - range.lowerBound
        let steps: [(size: Double, decimals: Int)] = [
            (0.01, 2), (0.02, 2), (0.05, 2), (0.1, 1), (0.2, 1), (0.5, 1), (1, 0), (2, 0), (5, 0), (10, 0), (20, 0),
        ]
        let step = steps.first { width / $0.size <= 7 } ?? (50, 0)
        let first = (range.lowerBound / step.size).rounded(.up)
        let count = max(0, Int(((range.upperBound / step.size).rounded(.down) - first).rounded()) + 1)
        return (0..<count).map { index in
            let value = (first + Double(index)) * step.size
            return (value, value.formatted(decimals: step.decimals))
        }
    }

    /// The range of some values, a little wider, so that dots do not lie on its border.
    private static func range(_ values: [Double]) -> ClosedRange<Double> {
        let (low, high) = (values.min() ?? 0, values.max() ?? 1)
        let margin = max(0.02, 0.06 * (high - low))
        return low - margin...high + margin
    }

    private static func share(of value: Double, in range: ClosedRange<Double>) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    private static let css = """
        text{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328}
        .row{text-anchor:end}
        .column{text-anchor:middle}
        .page{fill:#fff;stroke:#d1d9e0}
        line{stroke:#d1d9e0}
        .plain{stroke:#59636e;stroke-dasharray:4 3}
        polyline{fill:none;stroke:#2a78b5;stroke-width:2}
        circle{fill:#2a78b5}
        .half{fill:#c77d11}
        @media(prefers-color-scheme:dark){
        text{fill:#f0f6fc}
        .page{fill:#0d1117;stroke:#3d444d}
        line{stroke:#3d444d}
        .plain{stroke:#9198a1}
        }
        """
}
