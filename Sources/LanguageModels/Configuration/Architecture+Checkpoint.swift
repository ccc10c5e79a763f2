import CheckpointFiles

extension Architecture {
    /// The GGUF key that names the architecture.
    static let ggufKey = "general.architecture"

    /// Reads the architecture of a GGUF file.
    ///
    /// - Throws: if the file does not name one, or it is not supported.
    init(_ metadata: GGUFMetadata) throws(CheckpointError) {
        let name = try metadata.string(named: Self.ggufKey)
        guard let known = Self.all.first(where: { $0.ggufName == name }) else {
            throw metadata.failure(
                Self.ggufKey, expected: Self.expectation(Self.all.map(\.ggufName)), found: name.quoted)
        }
        // Both names of this graph are "llama" in GGUF files; only Mistral's has windows.
        let key = known.key(SlidingWindow.ggufKey)
        let hasWindow = metadata[key] != nil && (try? metadata.integer(named: key)) != 0
        self = known == .llama && hasWindow ? .mistral : known
    }

    /// The supported architectures, for errors.
    static func expectation(_ names: [String]) -> String {
        let known = names.indices.filter { names.firstIndex(of: names[$0]) == $0 }.map { names[$0] }
        return "a supported architecture (\(known.joined(separator: ", ")))"
    }
}

extension GGUFMetadata {
    /// Checks that a file is a model of a supported architecture, if it says what it is.
    ///
    /// - Throws: if it names another architecture, or is not a model.
    func checkKind() throws(CheckpointError) {
        if case .string? = self[Architecture.ggufKey] {
            let experts = try Architecture(self).key("expert_count")
            if let count = try integerIfPresent(named: experts), count != 0 {
                throw failure(experts, expected: "0 (a model without experts)", found: "\(count)")
            }
        }
        let key = "general.type"
        guard case .string(let kind)? = self[key], kind != "model" else { return }
        var found = kind.quoted
        if kind == "adapter" {
            found = "an adapter, such as a LoRA; merge it into its base model with llama-export-lora"
            if case .string(let base)? = self["general.base_model.0.name"] { found += " (\(base.quoted))" }
        }
        throw failure(key, expected: "\"model\"", found: found)
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

extension KeyedDecodingContainer {
    /// Decodes `model_type`. A file without it may name the model's class instead. Synthesized `Decodable` conformances
    /// call it.
    func decode(
        _ type: ConfigurationFile.ModelType.Type, forKey key: Key
    ) throws -> ConfigurationFile.ModelType {
        guard try decodeIfPresent(String.self, forKey: key) == nil else {
            return try ConfigurationFile.ModelType(from: superDecoder(forKey: key))
        }
        if let classes = Key(stringValue: ConfigurationFile.CodingKeys.architectures.stringValue),
            let names = try decodeIfPresent([String].self, forKey: classes),
            let known = Architecture.all.first(where: { $0.isNamed(in: names) })
        {
            return ConfigurationFile.ModelType(known)
        }
        throw JSONMismatch(expected: Architecture.expectation(Architecture.all.map(\.name)), found: "no name")
            .error(in: try superDecoder(forKey: key))
    }
}
