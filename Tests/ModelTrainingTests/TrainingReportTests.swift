import LanguageModels
import Testing

@testable import ModelTraining

@Suite("Report")
struct TrainingReportTests {
    private static func step(_ step: Int, loss: Double) -> TrainingMetrics {
        .step(
            StepMetrics(
                step: step, loss: loss, lastLoss: loss / 2, norm: 1, rate: 1e-3, tokens: step * 100,
                tokensPerSecond: 5000))
    }

    private static func validation(_ step: Int, _ losses: [Double]) -> TrainingMetrics {
        .validation(
            ValidationMetrics(
                step: step, scoredTokens: 1000,
                exits: losses.enumerated().map { .init(exit: $0 + 1, loss: $1, accuracy: 0.25, agreement: 0.5) }))
    }

    private func page(_ metrics: [TrainingMetrics], output: String = "runs/a") -> String {
        var recipe = TrainingRecipe()
        recipe.output = output
        return TrainingReport(title: "Run <a> & b", recipe: recipe, metrics).html
    }

    @Test func theFirstPageHasNoCurves() {
        let page = page([])
        #expect(page.contains("No step yet."))
        #expect(page.contains("Nothing measured yet."))
        #expect(!page.contains("<polyline"))
    }

    @Test func everyExitHasACurveAndARow() {
        let metrics = [
            Self.step(1, loss: 4), Self.validation(1, [5, 4, 3]), Self.step(2, loss: 3),
            Self.validation(2, [4, 3, 2.125]),
        ]
        let page = page(metrics)
        // Two curves for training, one for validation, then loss, accuracy and agreement of three exits.
        let curves = page.matches(of: /<polyline/).count
        #expect(curves == 12)
        #expect(page.contains("<tr><td>3</td><td>2.125</td><td>25 %</td><td>50 %</td></tr>"))
        #expect(page.contains("Step 2 of 1000, 200 tokens, 5k tokens per second; loss 3."))
    }

    /// Curves and rows belong to exits by their numbers, also if a resumed run measures others.
    @Test func someExitsAreNamed() {
        func validation(_ step: Int, _ exits: [Int]) -> TrainingMetrics {
            .validation(
                ValidationMetrics(
                    step: step, scoredTokens: 10,
                    exits: exits.map { .init(exit: $0, loss: Double($0), accuracy: 0.5, agreement: 0.5) }))
        }
        let page = page([Self.step(1, loss: 4), validation(1, [1, 2, 3]), validation(2, [2, 6])])
        for exit in [1, 2, 3, 6] { #expect(page.contains("</i>exit \(exit)</span>")) }
        #expect(!page.contains("exit 4") && !page.contains("exit 5"))
        #expect(page.contains("<tr><td>6</td><td>6</td>"))
        #expect(page.contains("Measured: exits 2 and 6 (validation.exits: all measures every layer)."))
        #expect(self.page([validation(1, [1, 2])]).contains("Measured: all 2 exits."))
        #expect(self.page([validation(1, [5])]).contains("Measured: the last exit."))
    }

    @Test func pointsLieWhereTheirNumbersAre() throws {
        let chart = LineChart(
            title: "t", format: { "\($0)" },
            series: [
                .init(name: "s", color: "red", points: [.init(x: 0, y: 0), .init(x: 50, y: 10), .init(x: 100, y: 5)])
            ])
        // Left 62, right edge 612; top 12, bottom 326.
        #expect(chart.html.contains("points=\"62,326 337,12 612,169\""))
    }

    @Test func specialCharactersWithMarksAreEscaped() {
        #expect("a&\u{301}<\u{338}".escaped.unicodeScalars.elementsEqual("a&amp;\u{301}&lt;\u{338}".unicodeScalars))
    }

    @Test func textIsEscapedAndNothingIsFetched() {
        let page = page([Self.step(1, loss: 4)], output: "<script>alert(1)</script>")
        #expect(page.contains("Run &lt;a&gt; &amp; b"))
        #expect(!page.contains("<script"))
        #expect(!page.contains("http"))
        #expect(!page.contains("src="))
    }

    @Test func oneValueAndValuesThatAreNoneAreDrawn() {
        let page = page([Self.step(1, loss: 4), Self.validation(1, [.infinity, 3])])
        #expect(page.contains("<circle"))
        #expect(!page.contains("nan"))
    }

    @Test func longRunsStaySmall() {
        let steps = (1...50_000).map { Self.step($0, loss: 1 / Double($0)) }
        let size = page(steps).utf8.count
        #expect(size < 60_000)
    }

    @Test func axesHaveRoundMarksWithinTheirRange() {
        #expect(Axis(0...10, parts: 5).ticks == [0, 2, 4, 6, 8, 10])
        #expect(Axis(3.1...4.2, parts: 5).ticks == [3.25, 3.5, 3.75, 4])
        let flat = Axis(3...3, parts: 5)
        #expect(flat.share(3) == 0.5)
        #expect(flat.ticks.contains { abs($0 - 3) < 1e-9 })
    }
}
