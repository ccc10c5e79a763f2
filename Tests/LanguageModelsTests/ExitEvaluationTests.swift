import LanguageModels
import TensorCore
import TestSupport
import Testing
import CLibc

@Suite("Evaluating exits")
struct ExitEvaluationTests {
    private let model: Transformer
    private let text: [Token]

    init() throws {
        var file = TinyLlamaFile()
        file.layers = 3
        model = try file.model(on: ComputeContext(table: tableNames[0]))
        text = TinyShape.all[0].tokens(count: 150)
    }

    /// Windows of any length compared with the definition: each window separately, one exit at a time, in double
    /// precision.
    @Test(arguments: [2, 3, 49, 65, 149, 150, 512]) func figuresAreThoseOfTheDefinition(window: Int) throws {
        let evaluation = try #require(try ExitEvaluation.evaluate(model, on: text, window: window))
        let windows = stride(from: 0, to: text.count, by: window)
            .map { Array(text[$0..<min($0 + window, text.count)]) }.filter { $0.count > 1 }
        #expect(evaluation.scoredTokens == windows.reduce(0) { $0 + $1.count - 1 })
        let last = try windows.flatMap { try rows(exit: 3, $0) }.map(Self.likeliest)
        for exit in evaluation.exits {
            let logits = try windows.flatMap { try rows(exit: exit.exit, $0) }
            let targets = windows.flatMap { $0.dropFirst() }
            let losses = zip(logits, targets).map { Self.loss($0, target: Int($1)) }
            let likeliest = logits.map(Self.likeliest)
            let count = Double(targets.count)
            #expect(abs(exit.loss - losses.reduce(0, +) / count) < 1e-5)
            #expect(exit.accuracy == Double(zip(likeliest, targets).count { $0 == Int($1) }) / count)
            #expect(exit.agreement == Double(zip(likeliest, last).count { $0 == $1 }) / count)
        }
    }

    /// A token before each window, which takes a place of the window, scores all of the text.
    @Test(arguments: [2, 49, 150, 151]) func aTokenMayBeginEachWindow(window: Int) throws {
        let beginning: Token = 1
        let evaluation = try #require(
            try ExitEvaluation.evaluate(model, on: text, beginning: beginning, window: window))
        #expect(evaluation.scoredTokens == text.count)
        let parts = stride(from: 0, to: text.count, by: window - 1).map { start in
            [beginning] + text[start..<min(start + window - 1, text.count)]
        }
        let loss = try parts.reduce(0.0) { sum, part in
            let own = try #require(try ExitEvaluation.evaluate(model, on: part, window: 512))
            return sum + own.exits[2].loss * Double(own.scoredTokens)
        }
        #expect(abs(evaluation.exits[2].loss - loss / Double(text.count)) < 1e-12)
        let one = try ExitEvaluation.evaluate(model, on: [text[0]], beginning: beginning, window: window)
        #expect(one?.scoredTokens == 1)
    }

    @Test func exitsAreNumberedByTheLayersThatRan() throws {
        let evaluation = try #require(try ExitEvaluation.evaluate(model, on: text, window: 64))
        #expect(evaluation.exits.map(\.exit) == [1, 2, 3])
        #expect(evaluation.exits[2].agreement == 1)
        #expect(evaluation.exits[0].agreement < 1)
    }

    @Test(arguments: 1...3) func anExitIsTheLastOneOfTheTruncatedModel(exit: Int) throws {
        let evaluation = try #require(try ExitEvaluation.evaluate(model, on: text, window: 64))
        let truncated = try Truncated(model, exitLayer: exit)
        let own = try #require(try ExitEvaluation.evaluate(truncated, on: text, window: 64))
        #expect(own.exits[exit - 1].loss == evaluation.exits[exit - 1].loss)
        #expect(own.exits[exit - 1].accuracy == evaluation.exits[exit - 1].accuracy)
    }

    @Test func progressIsToldAndMayStop() throws {
        var seen: [Int] = []
        let stopped = try ExitEvaluation.evaluate(model, on: text, window: 100) { position in
            seen.append(position)
            return position < 100
        }
        #expect(stopped == nil)
        #expect(seen == [0, 64, 100])
        seen = []
        _ = try ExitEvaluation.evaluate(model, on: text, window: 100) { position in
            seen.append(position)
            return true
        }
        #expect(seen.last == text.count)
    }

    @Test(arguments: [-1, 1, 1 << 40]) func aWindowOutOfRange(window: Int) throws {
        let error = EvaluationError.invalidWindow(found: window, contextLength: model.contextLength)
        #expect(throws: error) { try ExitEvaluation.evaluate(model, on: text, window: window) }
    }

    @Test(arguments: [0, 1]) func aTextOfFewerThanTwoTokens(count: Int) throws {
        let error = try #require(throws: EvaluationError.self) {
            try ExitEvaluation.evaluate(model, on: Array(text[..<count]), window: 64)
        }
        #expect(error.description == "text: expected at least 2 tokens, found \(count); evaluate a longer text")
    }

    @Test(arguments: [-1, 1 << 30]) func aTokenThatTheModelDoesNotHave(token: Token) throws {
        let unknown = EvaluationError.unknownToken(token, vocabularySize: model.vocabularySize)
        // As the last token of a window it is only a target, and is not embedded.
        for place in [0, 1, text.count - 1] {
            var text = text
            text[place] = token
            #expect(throws: unknown) { try ExitEvaluation.evaluate(model, on: text, window: 2) }
        }
    }

    private func rows(exit: Int, _ tokens: [Token]) throws -> [[Float]] {
        let truncated = try Truncated(model, exitLayer: exit)
        var cache = KVCache(for: truncated)
        let logits = truncated.logits(tokens, &cache)
        return (0..<tokens.count - 1).map { Array(logits.row($0)) }
    }

    private static func loss(_ row: [Float], target: Int) -> Double {
        let maximum = Double(row.max() ?? 0)
        return log(row.reduce(0) { $0 + exp(Double($1) - maximum) }) + maximum - Double(row[target])
    }

    private static func likeliest(_ row: [Float]) -> Int? { row.max().flatMap { row.firstIndex(of: $0) } }
}
