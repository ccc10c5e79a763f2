import CheckpointFiles
import LanguageModels
import TensorCore
import TestSupport
import Testing
import TokenDecoding

@testable import LayerSkip

@Suite("What a model gets for drafts")
struct DraftingOptionsTests {
    private let folder = TemporaryFolder()

    /// A model with early exits that seldom agree, unless told otherwise.
    private func path(_ dtype: DType = .bf16, _ change: (inout TinyLlamaFile) -> Void = { _ in }) throws -> String {
        var file = TinyLlamaFile()
        file.matrixType = dtype
        file.vocabularySize = 1500
        file.widen(to: 256)
        change(&file)
        try file.write(to: folder.file("\(dtype.rawValue).gguf"))
        return folder.file("\(dtype.rawValue).gguf")
    }

    private func load(_ path: String, _ change: (inout DraftingOptions) -> Void = { _ in }) throws -> TextModel {
        var loading = LoadingOptions()
        change(&loading.drafting)
        return try TextModel(path: path, threads: 2, loading: loading)
    }

    private func text(_ model: TextModel, _ strategy: DecodingStrategy) throws -> GenerationResult {
        let options = GenerationOptions(
            strategy: strategy, sampling: Sampling(temperature: 0.3, seed: 2), maxTokens: 200, ignoresEndOfText: true)
        return try TextSession(model, options: options).generate([5, 6, 7])
    }

    /// Drafts of all kinds leave the text as it is.
    @Test(arguments: [nil, 1] as [Int?]) func theTextStays(exitLayer: Int?) throws {
        let path = try path { $0.layers = 4 }
        let plain = try text(load(path) { $0 = .none }, .plain)
        for recipe in [QuantizationRecipe.q8_0, .q4_K_M] {
            for vocabulary in [.full, .automatic, .count(7)] as [DraftingOptions.Vocabulary] {
                let model = try load(path) {
                    $0.lowBit = .recipe(recipe)
                    $0.vocabulary = vocabulary
                }
                let found = try text(model, .auto(exitLayers: [exitLayer].compactMap(\.self)))
                #expect(found.tokens == plain.tokens)
                #expect(found.statistics.drafted > 0)
            }
        }
        let model = try load(path) { $0.vocabulary = .count(20) }
        let speculation = SpeculationSetting(exitLayer: 2, draftLength: 3)
        #expect(try text(model, .selfSpeculative(speculation)).tokens == plain.tokens)
    }

    /// What layers gain can be measured alone.
    @Test func withoutLookupsOnlyLayersDraft() throws {
        let path = try path { $0.layers = 4 }
        func sources(_ looksUp: Bool, _ exitLayers: [Int]) throws -> Set<DraftSource> {
            let model = try load(path) {
                $0.lowBit = .recipe(.q8_0)
                $0.looksUp = looksUp
            }
            return Set(try text(model, .auto(exitLayers: exitLayers)).statistics.sources.keys)
        }
        #expect(try sources(true, [1]).contains(.lookup))
        #expect(try sources(false, [1]).isDisjoint(with: [.lookup, .cascade]))
    }

    /// With rejections, drafts influence the text, and a copy that was not asked for depends on free memory.
    @Test func aSeedsTextDoesNotDependOnFreeMemory() throws {
        // Larger than a processor's caches, so that it has a copy.
        let path = try path(.f32) {
            $0.vocabularySize = 70_000
            $0.contextLength = 128
        }
        func texts(_ lowBit: DraftingOptions.LowBit) throws -> (tokens: [[Token]], hasCopy: Bool, drafts: Int) {
            let model = try load(path) { $0.lowBit = lowBit }
            let results = try (0..<4 as Range<UInt64>).map { seed in
                var options = GenerationOptions(
                    strategy: .auto(exitLayers: []), sampling: Sampling(temperature: 0.4, seed: seed), maxTokens: 30,
                    ignoresEndOfText: true)
                options.acceptance = .rejection
                return try TextSession(model, options: options).generate([5, 6, 7])
            }
            let drafts = results.reduce(0) { $0 + ($1.statistics.sources[.lowBit]?.drafted ?? 0) }
            return (results.map(\.tokens), model.drafting.lowBit != nil, drafts)
        }
        let (plain, automatic, asked) = try (texts(.none), texts(.automatic), texts(.recipe(.q4_K_M)))
        #expect(!plain.hasCopy && automatic.hasCopy && asked.hasCopy)
        #expect(automatic.tokens == plain.tokens && automatic.drafts == 0)
        #expect(asked.drafts > 0)
    }

    @Test(arguments: [0, -1, Int.min]) func vocabulariesHaveTokens(count: Int) throws {
        let path = try path()
        let error = #expect(throws: GenerationError.self) { try load(path) { $0.vocabulary = .count(count) } }
        #expect(error?.description.contains("draft vocabulary: expected 1 or more tokens") == true)
    }

    /// As many tokens as the model has are its own head, which is not packed again.
    @Test func aFullVocabularyIsTheHead() throws {
        let path = try path()
        for (count, isPart) in [(1499, true), (1500, false), (Int.max, false)] {
            let model = try load(path) { $0.vocabulary = .count(count) }
            for strategy in [
                .auto(exitLayers: [1]), .selfSpeculative(SpeculationSetting(exitLayer: 1, draftLength: 2)),
            ] as [DecodingStrategy] {
                let parts = model.drafting.parts(for: strategy, .coupled, of: model.model)
                #expect((parts.vocabulary?.tokens.count == count) == isPart && (parts.vocabulary != nil) == isPart)
                #expect(model.drafting.parts(for: strategy, .rejection, of: model.model).vocabulary == nil)
            }
        }
    }

    /// A draft by a copy is not one by lookup.
    @Test func draftsAreDescribedByTheirSources() {
        func description(_ strategy: DecodingStrategy, _ sources: Set<DraftSource>) -> String? {
            strategy.draftingDescription(layerCount: 4, sources: sources)
        }
        #expect(description(.auto(exitLayers: []), [.lookup]) == "drafts by lookup")
        #expect(description(.auto(exitLayers: []), [.lowBit]) == "drafts by low-bit copy")
        #expect(description(.auto(exitLayers: []), []) == "no drafts")
        #expect(
            description(.auto(exitLayers: [1, 2]), [.lowBit, .cascade])
                == "drafts by lookup or exit layer 1 or 2 of 4 or low-bit copy")
        #expect(description(.plain, []) == nil)
    }

    @Test func aCopyIsDescribed() throws {
        let model = try load(try path { $0.layers = 40 }) { $0.lowBit = .recipe(.q8_0) }
        let note = try #require(model.notes.first { $0.contains("drafts") })
        let bytes = try load(folder.file("BF16.gguf")) { $0 = .none }.model.weightByteCount
        let megabytes = Double(bytes) * 8.5 / 16 / 1e6
        let stated = try #require(note.split(separator: " ").compactMap { Double($0) }.first)
        #expect(abs(stated - megabytes) < 1, "\(note)")
        #expect(note.hasPrefix("a copy of the weights in q8_0 drafts; it takes ") && note.hasSuffix(" MB of memory"))
        #expect(model.notes.count == 1)
    }

    /// A small model gets no copy unless it is asked for, and a quantized one never.
    @Test func automaticCopies() throws {
        #expect(try load(path()).notes.isEmpty)
        #expect(try load(path(.q8_0)).notes.isEmpty)
        let error = #expect(throws: CheckpointError.self) {
            try load(path(.q8_0)) { $0.lowBit = .recipe(.q4_0) }
        }
        #expect(error?.description.contains("matrices that are quantized already keep their formats") == true)
        let larger = #expect(throws: CheckpointError.self) { try load(path()) { $0.lowBit = .recipe(.f32) } }
        #expect(
            larger?.description.contains("in f32; choose a smaller format or none") == true)
        // Larger than a processor's caches.
        let large = try load(path(.f32) { $0.vocabularySize = 70_000 })
        #expect(large.notes == ["a copy of the weights in q4_k_m drafts; it takes 16 MB of memory"])
        #expect(try load(folder.file("F32.gguf")) { $0.lowBit = .none }.notes.isEmpty)
    }
}
