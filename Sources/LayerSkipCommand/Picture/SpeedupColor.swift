/// The colour of a speedup in a heat map: red below 1, and the greener the nearer to the best.
struct SpeedupColor {
    /// A class of the picture.
    let name: String
    /// The range of speedups.
    let label: String

    /// - Parameter best: the greatest speedup; nil if none is greater than 1.
    init(_ speedup: Double, best: Double?) {
        let colors = Self.all(best: best)
        let step = ((best ?? 1) - 1) / Double(Self.gains)
        let index =
            if speedup < Self.farBelow {
                0
            } else if speedup < 1 || best == nil {
                1
            } else {
                2 + min(Self.gains - 1, Int((speedup - 1) / step))
            }
        self = colors[index]
    }

    private init(name: String, label: String) {
        self.name = name
        self.label = label
    }

    /// All colours in ascending order.
    static func all(best: Double?) -> [SpeedupColor] {
        let below = [
            SpeedupColor(name: "loss2", label: "below \(farBelow)"),
            SpeedupColor(name: "loss1", label: "\(farBelow) to 1"),
        ]
        guard let best else { return below }
        let step = (best - 1) / Double(gains)
        return below
            + (0..<gains).map { index in
                let (low, high) = (1 + Double(index) * step, 1 + Double(index + 1) * step)
                return SpeedupColor(
                    name: "gain\(index + 1)",
                    label: "\(low.formatted(decimals: 2)) to \(high.formatted(decimals: 2))")
            }
    }

    private static let gains = 6
    private static let farBelow = 0.8

    /// The style of the picture, for light and dark pages. Numbers have a contrast of at least 4.5 to every colour.
    static let css = """
        text{font:10px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;text-anchor:middle;fill:#1f2328}
        .note{font-size:12px;text-anchor:start}
        .row{text-anchor:end}
        .page{fill:#fff;stroke:#d1d9e0}
        .best{fill:none;stroke:#1f2328;stroke-width:2.5}
        .loss2{fill:#f3cfc9}.loss1{fill:#fbeae7}
        .gain1{fill:#e6f4ea}.gain2{fill:#c8ead1}.gain3{fill:#a6dcb5}.gain4{fill:#7ccb93}.gain5{fill:#5cbd7c}
        .gain6{fill:#3fa965}
        @media(prefers-color-scheme:dark){
        text{fill:#f0f6fc}
        .page{fill:#0d1117;stroke:#3d444d}
        .best{stroke:#f0f6fc}
        .loss2{fill:#4a2622}.loss1{fill:#2b1b1a}
        .gain1{fill:#14261b}.gain2{fill:#173622}.gain3{fill:#1a472a}.gain4{fill:#1d5932}.gain5{fill:#1f6939}
        .gain6{fill:#22793f}
        }
        """
}
