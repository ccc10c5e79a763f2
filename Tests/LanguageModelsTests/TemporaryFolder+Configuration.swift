import LanguageModels
import TestSupport

extension TemporaryFolder {
    private static let plainKeys = [
        "model_type": "\"llama\"", "vocab_size": "64", "hidden_size": "32", "intermediate_size": "40",
        "num_hidden_layers": "2", "num_attention_heads": "4",
    ]

    /// Writes a plain model's `config.json` with changed keys, and reads it. A key whose value is nil is left out.
    func configuration(_ changes: [String: String?]) throws -> HuggingFaceConfiguration {
        let keys = Self.plainKeys.merging(changes.compactMapValues(\.self)) { $1 }.filter {
            changes[$0.key] != .some(nil)
        }
        let text = "{" + keys.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
        return try HuggingFaceConfiguration(path: write(Array(text.utf8), as: "config.json"))
    }

    /// The error of such a file, without its folder.
    func complaint(_ changes: [String: String?]) -> String? {
        do {
            _ = try configuration(changes)
            return nil
        } catch {
            return "\(error)".split(separator: "/").last.map { String($0) }
        }
    }
}
