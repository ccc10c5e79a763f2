import CheckpointFiles
import LanguageModels
import TestSupport
import Testing

/// The layers with a sliding window, as transformers derives them from `config.json` of each architecture.
@Suite("Sliding windows in config.json")
struct SlidingWindowTests {
    private let folder = TemporaryFolder()

    private static let sliding = "[\"sliding_attention\", \"full_attention\", \"sliding_attention\"]"

    /// Keys of a model with three layers, and its window.
    private static let cases: [(architecture: String, changes: [String: String?], window: SlidingWindow?)] = [
        ("mistral", [:], SlidingWindow(size: 4096, layers: [0, 1, 2])),
        ("mistral", ["sliding_window": "null"], nil),
        ("mistral", ["sliding_window": "5"], SlidingWindow(size: 5, layers: [0, 1, 2])),
        ("mistral", ["sliding_window": "5", "layer_types": sliding], SlidingWindow(size: 5, layers: [0, 2])),
        (
            "mistral",
            ["sliding_window": "null", "layer_types": "[\"full_attention\", \"full_attention\", \"full_attention\"]"],
            nil
        ),
        ("phi3", [:], nil),
        ("phi3", ["sliding_window": "5"], SlidingWindow(size: 5, layers: [0, 1, 2])),
        ("qwen2", ["sliding_window": "5"], nil),
        ("qwen2", ["sliding_window": "5", "use_sliding_window": "true"], nil),
        (
            "qwen2", ["sliding_window": "5", "use_sliding_window": "true", "max_window_layers": "1"],
            SlidingWindow(size: 5, layers: [1, 2])
        ),
        ("qwen3", ["use_sliding_window": "true", "max_window_layers": "2"], SlidingWindow(size: 4096, layers: [2])),
        ("qwen3", ["sliding_window": "null", "use_sliding_window": "true", "max_window_layers": "2"], nil),
        (
            "qwen3",
            ["use_sliding_window": "true", "sliding_window": "5", "max_window_layers": "0", "layer_types": sliding],
            SlidingWindow(size: 5, layers: [0, 2])
        ),
        ("smollm3", ["sliding_window": "5"], nil),
        ("smollm3", ["sliding_window": "5", "use_sliding_window": "true"], nil),
        (
            "smollm3", ["sliding_window": "5", "use_sliding_window": "true", "no_rope_layers": "[0, 1, 0]"],
            SlidingWindow(size: 5, layers: [0, 2])
        ),
        ("smollm3", ["use_sliding_window": "true", "no_rope_layers": "[0, 1, 0]"], nil),
        (
            "smollm3", ["sliding_window": "5", "use_sliding_window": "false", "layer_types": sliding],
            SlidingWindow(size: 5, layers: [0, 2])
        ),
        ("gemma3_text", [:], SlidingWindow(size: 4096, layers: [0, 1, 2])),
        (
            "gemma3_text", ["sliding_window": "5", "sliding_window_pattern": "2"],
            SlidingWindow(size: 5, layers: [0, 2])
        ),
        (
            "gemma3_text", ["sliding_window": "5", "sliding_window_pattern": "2", "layer_types": sliding],
            SlidingWindow(size: 5, layers: [0, 2])
        ),
        ("gemma3_text", ["sliding_window": "5", "sliding_window_pattern": "1"], nil),
        ("llama", ["sliding_window": "5"], nil),
        ("granite", ["sliding_window": "5"], nil),
    ]

    @Test(arguments: cases.indices) func layersAreThoseOfTransformers(index: Int) throws {
        let (architecture, changes, window) = Self.cases[index]
        let found = try folder.configuration(
            Self.plain(architecture).merging(changes) { $1 }
        ).model
        #expect(found.slidingWindow == window, "\(architecture), \(changes)")
    }

    private static func plain(_ architecture: String) -> [String: String?] {
        ["model_type": "\"\(architecture)\"", "num_hidden_layers": "3", "num_key_value_heads": "2"]
    }

    private static let refusals: [(architecture: String, changes: [String: String?], message: String)] = [
        (
            "mistral", ["sliding_window": "0"],
            "key \"sliding_window\": expected an integer in 1...1073741824, found 0"
        ),
        ("phi3", ["sliding_window": "-1"], "key \"sliding_window\": expected an integer in 1...1073741824, found -1"),
        (
            "gemma3_text", ["sliding_window": "0"],
            "key \"sliding_window\": expected an integer in 1...1073741824, found 0"
        ),
        (
            "gemma3_text", ["sliding_window": "null"],
            "key \"sliding_window\": expected a number of tokens, for the sliding layers, found null"
        ),
        (
            "gemma3_text", ["sliding_window_pattern": "0"],
            "key \"sliding_window_pattern\": expected an integer in 1...1048576, found 0"
        ),
        (
            "gemma3_text", ["layer_types": "[\"full_attention\"]"],
            "key \"layer_types\": expected one for each of 3 layers, found 1"
        ),
        (
            "gemma3_text", ["layer_types": "[\"full_attention\", \"chunked_attention\", \"full_attention\"]"],
            "key \"layer_types\": expected \"full_attention\" or \"sliding_attention\", found \"chunked_attention\""
        ),
        (
            "qwen2", ["sliding_window": "5", "layer_types": sliding],
            "key \"layer_types\": expected \"full_attention\" in every layer, found \"sliding_attention\""
        ),
        (
            "smollm3", ["layer_types": sliding],
            "key \"sliding_window\": expected a number of tokens, for the sliding layers, found null"
        ),
        (
            "granite", ["layer_types": sliding],
            "key \"layer_types\": expected \"full_attention\" in every layer, found \"sliding_attention\""
        ),
    ]

    @Test(arguments: refusals.indices) func whatIsWrongIsSaid(index: Int) {
        let (architecture, changes, message) = Self.refusals[index]
        #expect(
            folder.complaint(Self.plain(architecture).merging(changes) { $1 }) == "config.json: " + message)
    }
}
