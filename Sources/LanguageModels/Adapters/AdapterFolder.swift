package import CheckpointFiles
import TensorCore

/// The folder of a LoRA adapter in PEFT's format, opened: `adapter_config.json` and `adapter_model.safetensors`.
package struct AdapterFolder: Sendable {
    /// The names of the folder's files.
    package enum Name {
        /// A and B of each adapted matrix.
        package static let weights = "adapter_model.safetensors"
        /// The weights in PyTorch's pickle format, as older versions of PEFT wrote them.
        static let pickle = "adapter_model.bin"
    }

    /// The path of the folder, as given.
    package let path: String
    /// The rank, scale and matrices.
    package let settings: LowRankSettings
    /// The path or hub name of the model that the adapter changes, as the folder states it.
    package let base: String?
    /// A and B of each adapted matrix.
    package let file: SafetensorsFile
    private let targets: [String]?

    /// Opens the folder at a path.
    ///
    /// - Throws: if a file is missing or wrong, or the adapter is of a kind that is not supported.
    package init(path: String) throws(CheckpointError) {
        let paths = FolderPaths(path)
        guard paths.existingFile(ModelFolder.Name.adapter) != nil else {
            throw CheckpointError(
                file: path, expected: "the folder of an adapter, with \(ModelFolder.Name.adapter)",
                found: Folder.exists(path) ? "a folder without it" : "no folder")
        }
        let configuration = try AdapterConfiguration(path: paths.file(ModelFolder.Name.adapter))
        if paths.existingFile(Name.weights) == nil, paths.existingFile(Name.pickle) != nil {
            throw CheckpointError(
                file: path, expected: Name.weights,
                found: "only PyTorch's pickle format (\(Name.pickle)); save it with safe_serialization=True")
        }
        self.path = path
        settings = configuration.settings
        base = configuration.base
        targets = configuration.targets
        file = try SafetensorsFile(path: paths.file(Name.weights))
    }

    /// Whether a path is that of an adapter and not of a whole model.
    package static func exists(_ path: String) -> Bool {
        let paths = FolderPaths(path)
        return paths.existingFile(ModelFolder.Name.adapter) != nil
            && [ModelFolder.Name.weights, ModelFolder.Name.index].allSatisfy { paths.existingFile($0) == nil }
    }

    /// The bytes of `adapter_config.json`.
    ///
    /// - Parameter base: the path or hub name of the model that the adapter changes.
    package static func configuration(_ settings: LowRankSettings, base: String) -> [UInt8] {
        AdapterConfiguration.json(settings, base: base)
    }

    /// The tensors of a model that the adapter changes.
    ///
    /// - Throws: if a tensor has no such matrix in the model, has the wrong shape, or contradicts the configuration.
    func adapted(_ tensors: [ModelTensor]) throws(CheckpointError) -> [ModelTensor] {
        var unused = Set(file.tensors.map(\.name))
        var adapted: [ModelTensor] = []
        for tensor in tensors where tensor.shape.count == 2 {
            let names = [tensor.downName, tensor.upName]
            guard names.contains(where: { file.info(named: $0) != nil }) else { continue }
            try check(tensor)
            unused.subtract(names)
            adapted.append(tensor)
        }
        if let name = unused.sorted().first {
            throw failure(name, expected: "only A and B of matrices that the base model has", found: "another tensor")
        }
        guard !adapted.isEmpty || targets != nil else {
            throw CheckpointError(
                file: file.path, expected: "A and B of at least one matrix of the base model", found: "no tensor")
        }
        for target in targets ?? [] where !adapted.contains(where: { $0.isTarget(target) }) {
            throw CheckpointError(
                file: "\(path)/\(ModelFolder.Name.adapter)", name: "target_modules",
                expected: "names of matrices that \(Name.weights) adapts in the base model", found: target.quoted)
        }
        return adapted
    }

    private func check(_ tensor: ModelTensor) throws(CheckpointError) {
        let (rows, columns) = (tensor.shape[0], tensor.shape[1])
        for (name, shape) in [
            (tensor.downName, [settings.rank, columns]), (tensor.upName, [rows, settings.rank]),
        ] {
            guard let info = file.info(named: name) else {
                throw failure(name, expected: "shape \(shape)", found: "no such tensor")
            }
            guard info.shape == shape else {
                throw failure(
                    name, expected: "shape \(shape), for rank \(settings.rank) and the base model's matrix",
                    found: "\(info.shape)")
            }
            guard let stored = file.tensor(named: name) else {
                throw failure(name, expected: "F32, F16 or BF16", found: info.type.name)
            }
            if let bad = stored.vector().values.first(where: { !$0.isFinite }) {
                throw failure(name, expected: "finite numbers", found: "\(bad)")
            }
        }
        var isNamed = targets?.contains { tensor.isTarget($0) } ?? true
        if let layers = settings.layers, case .layer(let layer) = tensor.part {
            isNamed = isNamed && layers.contains(layer)
        }
        guard isNamed else {
            throw failure(
                tensor.downName, expected: "only matrices that \(ModelFolder.Name.adapter) names", found: "another one")
        }
    }

    /// A or B of an adapted matrix, in f32.
    func values(_ name: String) -> Tensor {
        guard let tensor = file.tensor(named: name) else { preconditionFailure("a tensor that was checked") }
        return tensor.floats()
    }

    private func failure(_ tensor: String, expected: String, found: String) -> CheckpointError {
        CheckpointError(file: file.path, name: "tensor \(tensor.quoted)", expected: expected, found: found)
    }
}

extension ModelTensor {
    /// Whether a name in `target_modules` includes the matrix: it is the end of the module's name.
    fileprivate func isTarget(_ name: String) -> Bool { module == name || module.hasSuffix(".\(name)") }
}
