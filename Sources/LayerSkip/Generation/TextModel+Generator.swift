import LanguageModels
import TokenDecoding

extension TextModel {
    /// Creates a generator with an empty cache, for the options' strategy or the model's own.
    ///
    /// - Throws: ``ExitLayerError`` or ``GenerationError`` if an option is out of range for the model.
    func generator(_ options: GenerationOptions) throws -> Generator<LoadedModel> {
        let strategy = try strategy(options)
        let parts = drafting.parts(for: strategy, options.acceptance, of: model)
        var generator = try Generator(
            model, parts: parts, exitLayer: strategy.textLayerCount, exitRule: strategy.exitRule,
            drafter: strategy.drafter(for: model, parts: parts),
            sampling: options.sampling, acceptance: options.acceptance, cacheFormat: options.cacheFormat,
            context: options.context)
        generator.learn(from: experience.current)
        return generator
    }

    /// Creates an engine for several texts, which knows what earlier passes of the model cost.
    func engine(_ options: GenerationOptions) -> Engine<LoadedModel> {
        Engine(
            model,
            parts: drafting.parts(for: options.strategy ?? recommendedStrategy, options.acceptance, of: model),
            cacheFormat: options.cacheFormat, learningFrom: experience.current)
    }

    /// Creates an empty text that an engine steps together with others, for the options' strategy or the model's own.
    ///
    /// - Throws: ``ExitLayerError`` or ``GenerationError`` if an option is out of range for the model.
    func text(of engine: borrowing Engine<LoadedModel>, _ options: GenerationOptions) throws -> TokenStream {
        let strategy = try strategy(options)
        let text = try engine.makeText(
            exitLayer: strategy.textLayerCount, exitRule: strategy.exitRule,
            drafter: strategy.drafter(for: model, parts: engine.parts), sampling: options.sampling,
            acceptance: options.acceptance, context: options.context)
        text.learn(from: experience.current)
        return text
    }

    private func strategy(_ options: GenerationOptions) throws(GenerationError) -> DecodingStrategy {
        try options.validate()
        return options.strategy ?? recommendedStrategy
    }
}
