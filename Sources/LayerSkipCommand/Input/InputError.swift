import LayerSkip

/// Input that is not what was expected.
struct InputError: Error, CustomStringConvertible {
    let name: String
    let expected: String
    let found: String

    var description: String { "\(name): expected \(expected), found \(found)".harmless(limit: 8192) }
}

extension InputError {
    /// The error for a speculation option that neither the command line nor the model's metadata sets.
    static func unsaid(_ option: String, by model: TextModel) -> Self {
        Self(name: model.summary.path, expected: "\(option), or a model whose metadata sets it", found: "neither")
    }
}
