import CommandTesting
import ArgumentParser
import Testing

@testable import LayerSkipCommand

@Suite("Loading progress")
struct LoadingProgressTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    /// What loading a model shows.
    private func shown(after delay: Duration, isTerminal: Bool = true) throws -> [String] {
        var shown: [String] = []
        let options = try ModelOptions.parse(["--model", files.model, "--threads", "1"])
        _ = try options.load(.ofLoading(after: delay, isTerminal: isTerminal) { shown.append($0) })
        return shown
    }

    /// One line, which is written again and again from its beginning.
    @Test func aSlowLoadShowsAllPercentages() throws {
        let shown = try shown(after: .zero)
        let start = "\rpercent of the weights loaded: "
        #expect(shown.allSatisfy { $0.hasPrefix(start) })
        let shares = shown.map { $0.dropFirst(start.count) }
        #expect(shares.first == "0/100" && shares.last == "100/100\n")
        let numbers = shares.dropLast().compactMap { Int($0.dropLast("/100".count)) }
        #expect(numbers.count == shares.count - 1 && numbers == numbers.sorted() && Set(numbers).count > 10)
        #expect(numbers.allSatisfy { $0 < 100 })
    }

    @Test func aQuickLoadShowsNothing() throws { #expect(try shown(after: .seconds(3600)).isEmpty) }

    @Test func nothingIsShownWithoutATerminal() throws {
        #expect(try shown(after: .zero, isTerminal: false).isEmpty)
    }
}
