package import CheckpointFiles
package import LanguageModels
package import TensorCore

/// A checkpoint: a model folder with `optimizer.safetensors` and `state.json`. It is written completely or not at all.
///
/// A checkpoint of LoRA training has `adapter_config.json` and `adapter_model.safetensors` in place of the weights.
package enum TrainingCheckpoint {
    /// The names of the files that a checkpoint adds to a model folder.
    package enum Name {
        package static let optimizer = "optimizer.safetensors"
        package static let state = "state.json"
    }

    /// The files of numbers whose hashes `state.json` contains.
    ///
    /// - Parameters:
    ///   - isAdapter: whether LoRA is trained.
    ///   - hasExitBlock: whether an exit block is trained.
    static func hashedFiles(isAdapter: Bool, hasExitBlock: Bool) -> [String] {
        [isAdapter ? AdapterFolder.Name.weights : ModelFolder.Name.weights, Name.optimizer]
            + (hasExitBlock ? [ModelFolder.Name.exitBlock] : [])
    }

    /// The file that says how to read the weights. Its hash is in `state.json`, too, but not in that of older versions.
    ///
    /// - Parameter isAdapter: whether LoRA is trained.
    static func configurationFile(isAdapter: Bool) -> String {
        isAdapter ? ModelFolder.Name.adapter : ModelFolder.Name.configuration
    }

    /// Writes a checkpoint atomically. All processes call it: the first writes, and the others send it their moments.
    ///
    /// - Parameters:
    ///   - start: writes a model folder's files other than its weights.
    ///   - adapter: the adapter, if LoRA is trained.
    /// - Throws: if it cannot be written. Nothing of it is left then.
    package static func write(
        to path: String, _ start: TrainingStart, model: some TrainableModel, adapter: AdapterDescription? = nil,
        optimizer: AdamW, state: TrainingState, _ processes: any ProcessGroup = SingleProcess()
    ) throws {
        let moments = DistributedMoments(model.parameters, optimizer.moments, processes)
        guard processes.rank == 0 else { return try moments.send() }
        var folder = try ReplacementFolder(path)
        try start.describe(&folder)
        let hashedFiles = hashedFiles(isAdapter: adapter != nil, hasExitBlock: model.exitBlock != nil)
        try SafetensorsWriter(model.tensors.filter { !$0.isInExitBlock }).write(to: folder.path(for: hashedFiles[0]))
        if let exit = model.exitBlock {
            var writer = SafetensorsWriter(model.tensors.filter(\.isInExitBlock))
            writer.metadata[ExitBlockFile.key] = "\(exit)"
            try writer.write(to: folder.path(for: ModelFolder.Name.exitBlock))
        }
        if let adapter {
            let configuration = AdapterFolder.configuration(adapter.settings, base: adapter.base)
            try TextFile.write(configuration, to: folder.path(for: ModelFolder.Name.adapter))
        }
        try moments.write(to: folder.path(for: Name.optimizer))
        var state = state
        var hashes: [String: String] = [:]
        for name in hashedFiles + [configurationFile(isAdapter: adapter != nil)] {
            hashes[name] = try MappedFile(path: folder.path(for: name)).contentHash
        }
        state.hashes = hashes
        try JSONText.write(state, to: folder.path(for: Name.state))
        try folder.commit()
    }

    /// Checks that weights, moments and configuration are still those that were saved. Otherwise a flipped bit would
    /// change the result unnoticed. Checkpoints of format 1 have no hashes.
    ///
    /// - Throws: if a file's content has changed.
    static func checkHashes(in path: String, _ state: TrainingState) throws(CheckpointError) {
        for (name, hash) in (state.hashes ?? [:]).sorted(by: { $0.key < $1.key }) {
            let file = "\(path)/\(name)"
            let found = try inCheckpoint(try MappedFile(path: file)).contentHash
            guard found == hash else {
                throw CheckpointError(
                    file: file,
                    expected:
                        "the content that was saved, of hash \(hash.quoted)",
                    found: "other content, of hash \(found)")
            }
        }
    }

    /// Reads the moments of parameters.
    ///
    /// - Parameters:
    ///   - state: contains the number of gradients of each parameter.
    ///   - processes: those that share the moments; each gets its part.
    /// - Throws: if the file is damaged, belongs to another model, or has numbers that moments cannot have.
    package static func moments(
        in path: String, of parameters: [Parameter], _ state: TrainingState,
        _ processes: any ProcessGroup = SingleProcess()
    ) throws(CheckpointError) -> [AdamW.Moments] {
        let file = "\(path)/\(Name.optimizer)"
        let source = SafetensorsSource(try SafetensorsFile(path: file))
        func tensor(
            _ kind: String, _ parameter: Parameter, _ part: Range<Int>
        ) throws(CheckpointError) -> Tensor {
            let shape = parameter.rows == 1 ? [parameter.columns] : [parameter.rows, parameter.columns]
            let name = "\(kind).\(parameter.name)"
            let values = try source.tensor(named: name, shape: shape).vector().values
            if let bad = values.first(where: { !$0.isFinite || (kind == "v" && $0 < 0) }) {
                let expected = kind == "v" ? "finite numbers, 0 or more" : "finite numbers"
                throw CheckpointError(file: file, name: "tensor \(name.quoted)", expected: expected, found: "\(bad)")
            }
            return Tensor(Array(values[part]), rows: 1, columns: part.count)
        }
        if let unknown = state.updates?.keys.sorted().first(where: { name in !parameters.contains { $0.name == name } })
        {
            throw CheckpointError(
                file: "\(path)/\(Name.state)", name: "updates", expected: "names of weights that learn",
                found: unknown.quoted)
        }
        var moments: [AdamW.Moments] = []
        let shards = GradientShards(parameters.map(\.count), processes: processes.size)
        for (parameter, part) in zip(parameters, shards.ranges[processes.rank]) {
            moments.append(
                AdamW.Moments(
                    first: try tensor("m", parameter, part), second: try tensor("v", parameter, part),
                    updates: state.updates?[parameter.name] ?? state.step))
        }
        return moments
    }
}

extension SafetensorsWriter {
    /// Creates a file of f32 tensors.
    fileprivate init(_ tensors: [NamedTensor]) {
        self.init()
        for tensor in tensors {
            add(tensor.name, .f32, shape: tensor.shape) { (output) throws(CheckpointError) in
                // About a megabyte at a time, so that no tensor is in memory twice.
                let values = tensor.values.detached()
                let portion = max(1, (1 << 18) / values.columns)
                for start in stride(from: 0, to: values.rows, by: portion) {
                    let rows = values[rows: start..<min(start + portion, values.rows)].values
                    unsafe try output(rows.span.bytes)
                }
            }
        }
    }
}
