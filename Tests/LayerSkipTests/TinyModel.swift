import CheckpointFiles
import LayerSkip
import TestSupport

/// A tiny random model that several tests share, and models of other shapes.
enum TinyModel {
    /// A model of four layers, in which three layers often choose the same token as all.
    static let shared = Result { try make { _ in } }

    static func make(_ change: (inout TinyLlamaFile) -> Void) throws -> TextModel { try load(writer(change)) }

    static func writer(_ change: (inout TinyLlamaFile) -> Void = { _ in }) -> GGUFWriter {
        var file = TinyLlamaFile()
        file.layers = 4
        change(&file)
        return file.writer()
    }

    static func load(_ writer: GGUFWriter) throws -> TextModel {
        let folder = TemporaryFolder()
        let path = folder.file("tiny.gguf")
        try writer.write(to: path)
        // The mapping outlives the folder.
        return try withExtendedLifetime(folder) { try TextModel(path: path, threads: 1) }
    }
}

extension GenerationOptions {
    /// Options for a strategy that generate up to `maxTokens` tokens, ignoring the end of text.
    static func test(
        _ strategy: DecodingStrategy? = .plain, maxTokens: Int? = 40, temperature: Float = 0, seed: UInt64 = 0,
        stops: [String] = []
    ) -> GenerationOptions {
        var options = GenerationOptions()
        options.strategy = strategy
        options.maxTokens = maxTokens
        options.sampling.temperature = temperature
        options.sampling.seed = seed
        options.stops = stops
        options.ignoresEndOfText = true
        return options
    }
}

extension DecodingStrategy {
    static let speculative = DecodingStrategy.selfSpeculative(SpeculationSetting(exitLayer: 3, draftLength: 5))
}
