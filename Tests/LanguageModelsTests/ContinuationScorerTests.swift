import LanguageModels
import TensorCore
import TestSupport
import Testing

@Suite("Scoring continuations")
struct ContinuationScorerTests {
    private typealias Scorer = ContinuationScorer<Transformer>

    private let model: Transformer
    private let tokens: [Token]

    init() throws {
        var file = TinyLlamaFile()
        file.layers = 3
        model = try file.model(on: ComputeContext(table: tableNames[0]))
        tokens = TinyShape.all[0].tokens(count: 200)
    }

    /// The losses of a truncated model that reads the text alone, from its beginning.
    private func naiveLosses(_ text: Scorer.Scored, exits: [Int]) throws -> [Double] {
        try exits.map { exit in
            let model = try Truncated(model, exitLayer: exit)
            var cache = KVCache(for: model)
            let logits = model.logits(Array(text.tokens.dropLast()), &cache)
            let targets = Array(text.tokens.dropFirst())
            return model.compute.crossEntropy(logits, targets: targets)[(text.start - 1)...].reduce(0, +)
        }
    }

    /// Contexts and continuations of several lengths, some with the same beginning, equal the naive losses to the bit.
    @Test(arguments: [[3], [1, 2, 3], [2], [3, 1]]) func lossesAreThoseOfEachTextAlone(exits: [Int]) throws {
        var scorer = Scorer(model, exits: exits)
        let ascending = exits.sorted()
        #expect(scorer.exits == ascending)
        for (context, lengths) in [(10, [1, 5, 3]), (9, [4, 70]), (1, [2, 2]), (100, [1, 100]), (99, [1])] {
            let texts = lengths.enumerated().map { number, length in
                // Continuations differ from their first token on.
                let start = (context + 31 * number) % 90
                return Scorer.Scored(tokens: Array(tokens[..<context]) + tokens[start..<start + length], start: context)
            }
            let losses = try #require(try scorer.losses(of: texts))
            for (text, losses) in zip(texts, losses) {
                #expect(losses == (try naiveLosses(text, exits: ascending)), "\(context) and \(text.tokens.count)")
            }
        }
    }

    @Test func itCanBeStopped() throws {
        var scorer = Scorer(model, exits: [2, 3])
        let text = Scorer.Scored(tokens: tokens, start: 20)
        // A pass over the context, which later calls find in the cache, and three over the rest.
        for limit in 0..<3 {
            var calls = 0
            let losses = try scorer.losses(of: [text]) {
                calls += 1
                return calls <= limit
            }
            #expect(losses == nil)
        }
        // What was read before is not taken for more than it is.
        #expect(try scorer.losses(of: [text]) == [try naiveLosses(text, exits: [2, 3])])
    }

    @Test func numbersThatAreNotFiniteAreAnError() throws {
        var scorer = ContinuationScorer(BrokenAfterOneLayer(model: model), exits: [1, 2, 3])
        let error = #expect(throws: ExitEvaluation.NotFinite.self) {
            try scorer.losses(of: [.init(tokens: Array(tokens[..<9]), start: 5)])
        }
        #expect(error?.exit == 2)
    }
}

/// A model whose second layer gives infinities.
private struct BrokenAfterOneLayer: WrappedModel {
    let model: Transformer

    func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        let x = model.block(index, x, &memory)
        guard index == 1 else { return x }
        return Tensor(x.values.map { _ in Float.infinity }, rows: x.rows, columns: x.columns)
    }
}

/// Serialized, since each test needs 540 MB.
@Suite("SmolLM2's multiple choice in F32 against transformers", .serialized, .enabled(if: SmolLM2.isWanted))
struct MultipleChoiceReferenceTests {
    private struct Golden: Decodable {
        struct Item: Decodable {
            let tokens: [[Token]]
            let start: Int
            let losses: [[Double]]
        }
        let exits: [Int]
        let items: [Item]
    }

    @Test func lossesAgree() throws {
        let golden: Golden = try Goldens.json("multiple-choice.json")
        var scorer = ContinuationScorer(try SmolLM2.inF32(), exits: golden.exits, cacheFormat: .f32)
        for item in golden.items {
            let texts = item.tokens.map { ContinuationScorer<Transformer>.Scored(tokens: $0, start: item.start) }
            let losses = try #require(try scorer.losses(of: texts))
            for (exit, expected) in item.losses.enumerated() {
                for (found, expected) in zip(losses.map { $0[exit] }, expected) {
                    #expect(abs(found - expected) < 1e-3 * max(1, expected / 10), "exit \(golden.exits[exit])")
                }
            }
        }
    }
}
