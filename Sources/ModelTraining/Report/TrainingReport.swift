import LanguageModels
import QuotedText

/// `report.html`: a run's measurements on a self-contained page, without scripts or network access.
package struct TrainingReport {
    private let title: String
    private let recipe: TrainingRecipe
    private let steps: [StepMetrics]
    private let validations: [ValidationMetrics]
    private let samples: [SampleMetrics]

    /// Creates a report of a run's measurements so far.
    package init(title: String, recipe: TrainingRecipe, _ metrics: [TrainingMetrics]) {
        self.title = title
        self.recipe = recipe
        steps = metrics.compactMap { if case .step(let step) = $0 { step } else { nil } }
        validations = metrics.compactMap { if case .validation(let validation) = $0 { validation } else { nil } }
        samples = metrics.compactMap { if case .samples(let samples) = $0 { samples } else { nil } }
    }

    /// The page.
    package var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title.escaped)</title>
        <style>\(Self.style)</style></head><body>
        <h1>\(title.escaped)</h1>
        <p>\(summary.escaped)</p>
        \(losses.html)
        \(exitChart("Validation loss by exit (nats per token)", \.loss) { $0.rounded(decimals: 2) }.html)
        \(exitChart("Accuracy by exit", \.accuracy, in: 0...highest(\.accuracy)) { $0.percentage }.html)
        \(exitChart("Agreement with the last layer", \.agreement, in: 0...1) { $0.percentage }.html)
        \(table)
        \(texts)
        <details><summary>Recipe</summary><table>\(recipeRows)</table></details>
        </body></html>

        """
    }

    private var summary: String {
        guard let last = steps.last else { return "No step yet." }
        return "Step \(last.step) of \(recipe.steps), \(Double(last.tokens).count) tokens, "
            + "\(Double(Int(last.tokensPerSecond)).count) tokens per second; loss \(last.loss.rounded(decimals: 3))."
    }

    private var losses: LineChart {
        func curve(_ name: String, _ color: String, _ value: (StepMetrics) -> Double?) -> LineChart.Series {
            .init(
                name: name, color: color,
                points: steps.compactMap { step in value(step).map { .init(x: Double(step.step), y: $0) } })
        }
        let last = validations.map { LineChart.Point(x: Double($0.step), y: $0.lastLoss) }
        return LineChart(
            title: "Loss (nats per token)", format: { $0.rounded(decimals: 2) },
            series: [
                curve("training, all exits", "#8a8f98") { $0.loss },
                curve("training, last layer", "#4c8dff") { $0.lastLoss },
                .init(name: "validation, last layer", color: "#e0602f", points: last),
            ])
    }

    /// One curve for each exit.
    private func exitChart(
        _ title: String, _ value: KeyPath<ExitEvaluation.Exit, Double>, in range: ClosedRange<Double>? = nil,
        format: @escaping (Double) -> String
    ) -> LineChart {
        // A resumed run may measure others than before.
        let exits = Set(validations.flatMap(\.exits).map(\.exit)).sorted()
        let series = exits.enumerated().map { index, exit in
            LineChart.Series(
                name: "exit \(exit)", color: Self.color(index, of: exits.count),
                points: validations.compactMap { validation in
                    validation.exits.first { $0.exit == exit }.map {
                        .init(x: Double(validation.step), y: $0[keyPath: value])
                    }
                })
        }
        return LineChart(title: title, format: format, series: series, range: range)
    }

    private func highest(_ value: KeyPath<ExitEvaluation.Exit, Double>) -> Double {
        validations.flatMap(\.exits).map { $0[keyPath: value] }.reduce(0.05) { max($0, $1) }
    }

    /// From a pale yellow for the first exit to a dark violet for the last.
    private static func color(_ index: Int, of count: Int) -> String {
        let depth = count > 1 ? Double(index) / Double(count - 1) : 1
        return "hsl(\(Int(45 - 135 * depth + 360) % 360) 70% \(Int(62 - 17 * depth))%)"
    }

    private var table: String {
        guard let last = validations.last else { return "" }
        let rows = last.exits.map { exit in
            "<tr><td>\(exit.exit)</td><td>\(exit.loss.rounded(decimals: 3))</td><td>\(exit.accuracy.percentage)</td>"
                + "<td>\(exit.agreement.percentage)</td></tr>"
        }
        return """
            <h2>After step \(last.step), on \(last.scoredTokens) tokens</h2>
            <p>Measured: \(measured(last)).</p>
            <table><tr><th>exit</th><th>loss</th><th>accuracy</th><th>agreement</th></tr>
            \(rows.joined(separator: "\n"))
            </table>
            """
    }

    /// Which exits a validation measured, in words.
    private func measured(_ validation: ValidationMetrics) -> String {
        let exits = validation.exits.map(\.exit)
        let last = exits.last ?? 0
        if exits.count == last { return "all \(last.counted("exit"))" }
        if exits.count == 1 { return "the last exit" }
        return "exits \(exits.dropLast().map(String.init).joined(separator: ", ")) and \(last) "
            + "(validation.exits: all measures every layer)"
    }

    /// The texts that the model wrote, the last ones shown.
    private var texts: String {
        samples.reversed().enumerated().map { index, samples in
            let texts = samples.samples.map {
                "<p class=\"sample\"><b>\($0.prompt.escaped)</b>\($0.text.escaped)</p>"
            }
            return "<details\(index == 0 ? " open" : "")><summary>Texts after step \(samples.step)</summary>"
                + texts.joined(separator: "\n") + "</details>"
        }.joined(separator: "\n")
    }

    private var recipeRows: String {
        RecipeKey.all.compactMap { key in
            key.value(in: recipe).map { "<tr><td>\(key.path)</td><td>\($0.description.escaped)</td></tr>" }
        }.joined(separator: "\n")
    }

    private static let style = """
        :root{color-scheme:light dark;--text:#1c1e21;--back:#fff;--line:#d9dce1}
        @media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--back:#15171a;--line:#363a40}}
        body{margin:0 auto;padding:1rem;max-width:46rem;font:16px/1.5 system-ui,sans-serif}
        body{color:var(--text);background:var(--back)}
        h1{font-size:1.3rem}h2{font-size:1.05rem}
        figure{margin:1.5rem 0}figcaption{font-weight:600}svg{width:100%;height:auto;display:block}
        svg text{font:15px system-ui,sans-serif;fill:var(--text)}.grid{stroke:var(--line)}
        polyline{fill:none;stroke-width:2;stroke-linejoin:round}
        .legend{margin:.2rem 0;font-size:.9rem}.legend span{white-space:nowrap;margin-right:.8rem;display:inline-block}
        .legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.3em}
        .sample{white-space:pre-wrap;overflow-wrap:anywhere}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        td,th{padding:.15rem .8rem .15rem 0;text-align:left;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
        """
}
