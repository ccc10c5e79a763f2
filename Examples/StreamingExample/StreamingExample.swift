import Foundation  // only for fflush
import LayerSkip
import LayerSkipDefaultModel

/// Loads a model, streams the text that it generates, and stops after some pieces.
///
///     swift run -c release StreamingExample "struct Point {" 100
///     swift run -c release StreamingExample "The capital of France is" 100 MODEL.gguf
@main
struct StreamingExample {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let prompt = arguments.first ?? "struct Point {"
        let wanted = arguments.dropFirst().first.flatMap { Int($0) } ?? 100
        let path = arguments.dropFirst(2).first  // nil selects the default model

        let checkpoint = try path.map { try Checkpoint(path: $0) } ?? .defaultModel()
        let model = try await TextModel.load(checkpoint)

        // By default, each round verifies the draft that pays most by measured cost, or none: tokens from earlier text,
        // or drafts by the exit layer that the model's metadata sets. To choose the drafts, set options.strategy to
        // .plain or .selfSpeculative(SpeculationSetting(exitLayer: 8, draftLength: 3)). The text is the full model's in
        // any case.
        var options = GenerationOptions()
        options.sampling.temperature = 0.7
        options.sampling.seed = 42
        options.maxTokens = 200

        // The text is generated on another thread while this task waits for its pieces.
        let generation = model.generate(prompt, options: options)
        print(prompt, terminator: "")
        var pieces = 0
        for try await piece in generation {
            print(piece, terminator: "")
            fflush(nil)
            pieces += 1
            // Leaving the loop ends the generation; cancelling this task would, too.
            if pieces == wanted { break }
        }
        print()

        let result = try await generation.result
        let statistics = result.statistics
        print("\(result.tokens.count) tokens in \(statistics.rounds) rounds, ended by \(result.finishReason)")
        print("\(statistics.accepted) of \(statistics.drafted) drafted tokens accepted")
        if let speed = statistics.decodeTokensPerSecond { print("\(Int(speed)) tokens per second") }
    }
}
