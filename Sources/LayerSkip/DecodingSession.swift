import LanguageModels
import TokenDecoding

/// A generator whose model and drafter do not matter any more; used by one thread at a time.
protocol DecodingSession: AnyObject {
    var tokens: [Token] { get }
    var room: Int { get }
    var statistics: DecodingStatistics { get set }
    var cacheByteCount: Int { get }
    func prefill(_ prompt: [Token], shouldContinue: () -> Bool) throws(DecodingError)
    func nextTokens(limit: Int, report: (Token) -> Void) throws(DecodingError) -> ArraySlice<Token>
    func keep(_ count: Int)
}

extension TextModel {
    /// A session with an empty cache for the options' strategy, or the model's own.
    func session(_ options: GenerationOptions) throws -> any DecodingSession {
        try options.validate()
        switch options.strategy ?? recommendedStrategy {
        case .plain:
            return try GeneratorSession(model, NoDrafter(), options)
        case .earlyExit(let exitLayer):
            return try GeneratorSession(Truncated(model, exitLayer: exitLayer), NoDrafter(), options)
        case .selfSpeculative(let exitLayer, let draftLength):
            let drafter = try EarlyExitDrafter(exitLayer: exitLayer, draftLength: draftLength, for: model)
            return try GeneratorSession(model, drafter, options)
        }
    }
}

private final class GeneratorSession<Model: LanguageModel, D: Drafter>: DecodingSession {
    private var generator: Generator<Model, D>

    init(_ model: Model, _ drafter: D, _ options: GenerationOptions) throws(DecodingError) {
        generator = try Generator(
            model, drafter: drafter, sampling: options.sampling, acceptance: options.acceptance,
            cacheFormat: options.cacheFormat)
    }

    var tokens: [Token] { generator.tokens }
    var room: Int { generator.room }
    var cacheByteCount: Int { generator.cacheByteCount }
    var statistics: DecodingStatistics {
        get { generator.statistics }
        set { generator.statistics = newValue }
    }

    func prefill(_ prompt: [Token], shouldContinue: () -> Bool) throws(DecodingError) {
        try generator.prefill(prompt, shouldContinue: shouldContinue)
    }

    func nextTokens(limit: Int, report: (Token) -> Void) throws(DecodingError) -> ArraySlice<Token> {
        try generator.nextTokens(limit: limit, report: report)
    }

    func keep(_ count: Int) { generator.keep(count) }
}
