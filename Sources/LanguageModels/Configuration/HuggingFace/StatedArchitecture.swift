package import CheckpointFiles

/// The names of an architecture in a `config.json` whose other values may be anything.
package struct StatedArchitecture {
    /// `model_type`; nil if it is missing or not a string.
    let modelType: String?
    /// `architectures`: the model's classes in transformers.
    let classes: [String]
    /// The `model_type` of the text model in a multimodal one.
    let textModel: String?
    private let isMultimodal: Bool

    /// Takes the names from a file's members.
    package init(_ members: JSONMembers) {
        modelType = members.value("model_type")
        classes = members.value("architectures") ?? []
        let text = members.object("text_config")
        textModel = text?.value("model_type")
        isMultimodal = text != nil || members.object("vision_config") != nil || members.object("audio_config") != nil
    }

    /// The name to show; nil if the file has none.
    package var name: String? { modelType ?? classes.first }

    /// The architecture; nil if the file names none.
    ///
    /// - Parameter file: the path of `config.json`.
    /// - Throws: if the architecture is not supported, or the two names contradict each other.
    func architecture(file: String) throws(CheckpointError) -> Architecture? {
        func failure(_ key: String, expected: String, found: String) -> CheckpointError {
            CheckpointError(file: file, name: "key \(key.quoted)", expected: expected, found: found)
        }
        guard let modelType else {
            guard !classes.isEmpty else { return nil }
            guard let known = Architecture.all.first(where: { $0.isNamed(in: classes) }) else {
                throw failure(
                    "architectures", expected: Architecture.expectation(Architecture.all.map(\.className)),
                    found: shownClasses + wrapper)
            }
            return known
        }
        guard let known = Architecture.all.first(where: { $0.name == modelType }) else {
            throw failure(
                "model_type", expected: Architecture.expectation(Architecture.all.map(\.name)),
                found: modelType.quoted + wrapper)
        }
        guard classes.isEmpty || known.isNamed(in: classes) else {
            throw failure("architectures", expected: known.className, found: shownClasses + wrapper)
        }
        return known
    }

    private var shownClasses: String { classes.prefix(4).map(\.quoted).joined(separator: ", ") }

    private var wrapper: String {
        guard isMultimodal else { return "" }
        return ", a multimodal model" + (textModel.map { " around the text model \($0.quoted)" } ?? "")
    }
}

extension Architecture {
    /// Whether one of a model's classes is the architecture's. Without a head of its own, the model's base class has
    /// everything, too.
    func isNamed(in classes: [String]) -> Bool { classes.contains(className) || classes.contains(baseClassName) }
}
