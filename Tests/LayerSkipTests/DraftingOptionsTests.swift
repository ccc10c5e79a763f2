import CheckpointFiles
import LanguageModels
import LayerSkip
import TensorCore
import TestSupport
import Testing

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
        #expect(throws: CheckpointError.self) { try load(path()) { $0.lowBit = .recipe(.f32) } }
        // Larger than a processor's caches.
        let large = try load(path(.f32) { $0.vocabularySize = 70_000 })
        #expect(large.notes == ["a copy of the weights in q4_k_m drafts; it takes 16 MB of memory"])
        #expect(try load(folder.file("F32.gguf")) { $0.lowBit = .none }.notes.isEmpty)
    }
}
