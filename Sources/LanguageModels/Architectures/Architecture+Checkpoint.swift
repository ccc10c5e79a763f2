import CheckpointFiles

extension Architecture {
    /// The key of a GGUF file that names its architecture.
    static let ggufKey = "general.architecture"

    /// The architecture of a GGUF file.
    ///
    /// - Throws: if the file does not name one, or it is unknown.
    init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        let name = try metadata.string(named: Self.ggufKey)
        guard let known = Self.all.first(where: { $0.name == name }) else {
            throw metadata.failure(Self.ggufKey, expected: Self.expectation, found: name.quoted)
        }
        self = known
    }

    /// The architecture that a `config.json` names.
    ///
    /// - Throws: if the file cannot be read, does not name one, or it is unknown.
    init(configuration path: String) throws(CheckpointError) {
        struct Content: Decodable {
            let type: String
            enum CodingKeys: String, CodingKey { case type = "model_type" }
        }
        let name = try JSONText.read(path, as: Content.self).type
        guard let known = Self.all.first(where: { $0.name == name }) else {
            throw CheckpointError(
                file: path, name: "key \"model_type\"", expected: Self.expectation, found: name.quoted)
        }
        self = known
    }

    private static var expectation: String { "a known architecture (\(all.map(\.name).joined(separator: ", ")))" }
}
