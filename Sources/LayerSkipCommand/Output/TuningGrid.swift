/// The grid of a tuning as lines of text: a readable part of its rows and columns, always with the best.
struct TuningGrid {
    let lines: [String]

    init(_ report: TuningReport) {
        let best = report.recommended.value
        let lengths = Self.chosen(
            among: report.lookups.map(\.draftLength), atMost: Self.mostColumns, best?.draftLength
        ) { [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128].contains($0) }
        let exits = report.exits.map(\.exitLayer)
        let step = (exits.count + Self.mostRows - 1) / Self.mostRows
        let rows = Self.chosen(among: exits, atMost: Self.mostRows, best?.exitLayer) { $0 % step == 0 }
        func line(_ head: String, _ agreement: String, _ speedups: [Int: Double], isBest: (Int) -> Bool) -> String {
            let cells = lengths.map { length in
                (speedups[length]?.formatted(decimals: 2) ?? "-").padded(to: 7) + (isBest(length) ? "*" : " ")
            }
            return head.padded(to: 6) + agreement.padded(to: 9) + cells.joined()
        }
        let header =
            "exit".padded(to: 6) + "agrees".padded(to: 9)
            + lengths.map { "\($0)".padded(to: 7) + " " }.joined()
        lines =
            [header]
            + rows.map { exit in
                let cells = report.cells.filter { $0.exitLayer.value == exit }
                return line(
                    "\(exit)", report.exits.first { $0.exitLayer == exit }?.agreement.percentage ?? "",
                    Self.speedups(cells), isBest: { exit == best?.exitLayer && $0 == best?.draftLength })
            } + [line("lookup", "", Self.speedups(report.lookups), isBest: { _ in false })]
            + report.copies.map { copy in
                line(copy.recipe, copy.agreement.percentage, Self.speedups(copy.cells), isBest: { _ in false })
            }
    }

    /// Predicted speedups by draft length.
    private static func speedups(_ cells: [TuningReport.Cell]) -> [Int: Double] {
        Dictionary(uniqueKeysWithValues: cells.map { ($0.draftLength, $0.predictedSpeedup) })
    }

    /// All values if they are few, otherwise those that are wanted, and the best.
    private static func chosen(
        among values: [Int], atMost most: Int, _ best: Int?, _ isWanted: (Int) -> Bool
    ) -> [Int] {
        guard values.count > most else { return values }
        let chosen = values.filter { isWanted($0) || $0 == best }
        return chosen.isEmpty ? Array(values.prefix(most)) : chosen
    }

    private static let mostRows = 24
    private static let mostColumns = 12
}
