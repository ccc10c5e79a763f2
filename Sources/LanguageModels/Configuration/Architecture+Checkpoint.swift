import CheckpointFiles

extension Architecture {
    /// The GGUF key that names the architecture.
    static let ggufKey = "general.architecture"

    /// Reads the architecture of a GGUF file.
    ///
    /// - Throws: if the file does not name one, or it is unknown.
    init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        let name = try metadata.string(named: Self.ggufKey)
        guard let known = Self.all.first(where: { $0.ggufName == name }) else {
            throw metadata.failure(
                Self.ggufKey, expected: Self.expectation(Self.all.map(\.ggufName)), found: name.quoted)
        }
        // Both names of this graph are "llama" in GGUF files; only Mistral's has windows.
        let isMistral = known == .llama && metadata[known.key(SlidingWindow.ggufKey)] != nil
        self = isMistral ? .mistral : known
    }

    fileprivate static func expectation(_ names: [String]) -> String {
        let known = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { names[$0] }
        return "a known architecture (\(known.joined(separator: ", ")))"
    }
}

extension ConfigurationFile {
    /// `model_type`: an architecture, coded as its name.
    struct ModelType: Codable {
        let architecture: Architecture

        init(_ architecture: Architecture) { self.architecture = architecture }

        init(from decoder: any Decoder) throws {
            let name = try decoder.singleValueContainer().decode(String.self)
            guard let known = Architecture.all.first(where: { $0.name == name }) else {
                throw JSONMismatch(expected: Architecture.expectation(Architecture.all.map(\.name)), found: name.quoted)
                    .error(in: decoder)
            }
            architecture = known
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(architecture.name)
        }
    }
}
