import CheckpointFiles

/// The files of a model folder in Hugging Face's layout, and none that the program does not read.
package struct ModelFolderFiles: Sendable, Hashable {
    /// Where the weights are.
    package enum Weights: Sendable, Hashable {
        /// In one file.
        case single(String)
        /// In the files that an index lists.
        case index(String)

        package var path: String {
            switch self {
            case .single(let path), .index(let path): path
            }
        }
    }

    /// The configuration, the tokenizer, the chat templates, and an exit block.
    package let descriptions: [String]
    package let weights: Weights

    /// Finds the files among the paths of a repository; nil if it has no such folder.
    init?(among paths: [String]) {
        let existing = Set(paths)
        guard existing.contains(ModelFolder.Name.configuration) else { return nil }
        if existing.contains(ModelFolder.Name.weights) {
            weights = .single(ModelFolder.Name.weights)
        } else if existing.contains(ModelFolder.Name.index) {
            weights = .index(ModelFolder.Name.index)
        } else {
            return nil
        }
        descriptions = Self.descriptions(existing, paths)
    }

    private static func descriptions(_ existing: Set<String>, _ paths: [String]) -> [String] {
        typealias Name = ModelFolder.Name
        // The first of these is the one that is read.
        let tokenizers = [[Name.tokenizer], [Name.sentencePiece], [Name.vocabulary, Name.merges], [Name.tekken]]
        let tokenizer = tokenizers.first { existing.contains($0[0]) } ?? []
        let names =
            [Name.configuration, Name.generation, Name.tokenizerConfiguration, Name.specialTokens, Name.addedTokens]
            + tokenizer + [Name.chatTemplate, Name.olderChatTemplate, Name.exitBlock]
        let templates = paths.filter {
            $0.hasPrefix("\(Name.furtherChatTemplates)/") && $0.hasSuffix(".jinja") && $0.count { $0 == "/" } == 1
        }
        return names.filter(existing.contains) + templates
    }

    /// The files that an index lists, in the order of their names.
    ///
    /// - Parameters:
    ///   - index: the text of `model.safetensors.index.json`.
    ///   - paths: the paths of the repository.
    /// - Throws: ``HubError`` if it is no index, or lists a file that the repository does not have.
    package static func parts(
        inIndex index: [UInt8], among paths: [String], of model: HubModelName
    ) throws(HubError) -> [String] {
        let subject = "\(model.id): \(ModelFolder.Name.index)"
        let names: Set<String>
        do {
            names = try Self.names(inIndex: index, subject)
        } catch {
            throw HubError(error, .contents)
        }
        let existing = Set(paths)
        // The loader takes only names in the same folder.
        if let missing = names.sorted().first(where: { !existing.contains($0) || $0.contains("/") }) {
            throw HubError(
                .missing, subject, expected: "names of files in the repository", found: missing.quoted)
        }
        return names.sorted()
    }

    private struct Index: Decodable {
        let weight_map: [String: String]
    }

    private static func names(inIndex index: [UInt8], _ subject: String) throws(FileError) -> Set<String> {
        let index: Index = try JSONText.decode(text: index, file: subject, atMost: .index)
        return Set(index.weight_map.values)
    }
}
