import CheckpointFiles

/// The files of a repository that make up one model.
package enum ModelChoice: Sendable, Hashable {
    /// A GGUF file, or the parts of a split one, the first part first; an exit block last.
    case gguf([String])
    /// A folder in Hugging Face's layout.
    case folder(ModelFolderFiles)

    /// The quantizations that are taken if none is asked for, the preferred one first: those below five bits a weight,
    /// then ever larger ones, then smaller ones.
    static let preferred = [
        "Q4_K_M", "Q4_K_S", "IQ4_NL", "IQ4_XS", "Q4_1", "Q4_0", "MXFP4", "Q5_K_M", "Q5_K_S", "Q5_1", "Q5_0", "Q6_K",
        "Q8_0", "BF16", "F16", "F32", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q2_K",
    ]

    /// Chooses among the files of a repository, or among those of it that the cache holds.
    ///
    /// A repository with safetensors files and a `config.json` is a folder, unless the name asks for a GGUF file.
    ///
    /// - Throws: ``HubError`` if no files fit, or several models do.
    package init(among paths: [String], for model: HubModelName) throws(HubError) {
        let groups = GGUFGroup.all(among: paths)
        if let selection = model.selection {
            self = .gguf(try Self.select(selection, in: groups, of: paths, for: model))
        } else if let folder = ModelFolderFiles(among: paths) {
            self = .folder(folder)
        } else if !groups.isEmpty {
            self = .gguf(try Self.preferred(in: groups, of: paths, for: model))
        } else {
            throw HubError(
                .choice, model.id, expected: "GGUF files, or config.json with model.safetensors or its index",
                found: Self.summary(of: paths))
        }
    }

    /// The paths that are known: all of a GGUF model's, or a folder's without the parts that an index lists.
    package var paths: [String] {
        switch self {
        case .gguf(let paths): paths
        case .folder(let files): files.descriptions + [files.weights.path]
        }
    }

    private static func select(
        _ selection: String, in groups: [GGUFGroup], of paths: [String], for model: HubModelName
    ) throws(HubError) -> [String] {
        if selection.lowercased().hasSuffix(".gguf") {
            let group = GGUFGroup(selection)
            guard paths.contains(selection) else {
                throw HubError(
                    .missing, model.id, expected: "the file \(selection.quoted)", found: list(groups, of: paths))
            }
            return try complete(group, of: paths, for: model)
        }
        let fitting = groups.filter { $0.has(selection) }
        guard let group = fitting.first else {
            throw HubError(
                .missing, model.id, expected: "a GGUF file with \(selection.quoted) in its name",
                found: list(groups, of: paths))
        }
        guard fitting.count == 1 else {
            throw HubError(
                .choice, model.id, expected: "one model with \(selection.quoted) in its name (\(model.id):FILE)",
                found: list(fitting, of: paths))
        }
        return try complete(group, of: paths, for: model)
    }

    private static func preferred(
        in groups: [GGUFGroup], of paths: [String], for model: HubModelName
    ) throws(HubError) -> [String] {
        if groups.count == 1 { return try complete(groups[0], of: paths, for: model) }
        for quantization in preferred {
            let fitting = groups.filter { $0.has(quantization) }
            if fitting.count == 1 { return try complete(fitting[0], of: paths, for: model) }
            if fitting.count > 1 { break }
        }
        throw HubError(
            .choice, model.id, expected: "a choice, such as \(model.id):Q4_K_M or \(model.id):FILE",
            found: list(groups, of: paths))
    }

    private static func complete(
        _ group: GGUFGroup, of paths: [String], for model: HubModelName
    ) throws(HubError) -> [String] {
        let existing = Set(paths)
        if let missing = group.paths.first(where: { !existing.contains($0) }) {
            throw HubError(
                .missing, model.id, expected: "\(group.paths.count.counted("part")) of a split GGUF file",
                found: "no \(missing.quoted)")
        }
        return group.paths + [GGUFFile.exitBlockPath(of: group.paths[0])].filter(existing.contains)
    }

    private static func list(_ groups: [GGUFGroup], of paths: [String]) -> String {
        groups.isEmpty ? summary(of: paths) : list(groups.map { $0.paths[0] })
    }

    /// What a repository without a model has, and what that means.
    private static func summary(of paths: [String]) -> String {
        if let pickle = paths.first(where: { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") || $0.hasSuffix(".pth") }) {
            return "no such file, only PyTorch's pickle format (\(pickle.quoted)), which can run any code"
        }
        if paths.contains("adapter_config.json") { return "an adapter, which changes another model" }
        return paths.isEmpty ? "no files" : list(paths)
    }

    /// The first paths, as many as fit into a message.
    private static func list(_ paths: [String]) -> String {
        var text = ""
        for (index, path) in paths.enumerated() {
            if text.utf8.count > 600 { return "\(text) and \(paths.count - index) more" }
            text += (index == 0 ? "" : ", ") + path.quoted
        }
        return text
    }
}
