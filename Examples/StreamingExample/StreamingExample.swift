import Foundation  // only for fflush
import LayerSkip

/// Loads a model, streams a text that it writes with self-speculation, and ends it after some pieces.
///
///     swift run StreamingExample MODEL.gguf "The capital of France is" 100
@main
struct StreamingExample {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let path = arguments.first else {
            print("usage: StreamingExample MODEL.gguf [PROMPT] [PIECES]")
            return
        }
        let prompt = arguments.dropFirst().first ?? "The capital of France is"
        let wanted = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100

        // Reading a file takes a moment; a program with a user interface does this on a thread of its own.
        let model = try TextModel(path: path)

        var options = GenerationOptions()
        // Half of the layers draft three tokens at a time, and all layers verify them. The text is the full model's; it
        // comes faster if the model was trained to speak that early. Without this line, the model's file says what is best.
        options.strategy = .selfSpeculative(exitLayer: max(1, model.model.layerCount / 2), draftLength: 3)
        options.sampling.temperature = 0.7
        options.sampling.seed = 42
        options.maxTokens = 200

        // The text is written on a thread of its own while this task waits for its pieces.
        let generation = model.generate(prompt, options: options)
        print(prompt, terminator: "")
        var pieces = 0
        for try await piece in generation {
            print(piece, terminator: "")
            fflush(nil)
            pieces += 1
            // Leaving the loop ends the text; so would cancelling this task.
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
