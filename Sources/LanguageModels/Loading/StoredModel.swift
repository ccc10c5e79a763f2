package import CheckpointFiles
import TensorCore

/// A model in a checkpoint: its configuration and weights, checked to match but not loaded.
package struct StoredModel: Sendable {
    /// Architecture, shapes and constants.
    package let configuration: ModelConfiguration
    /// The weights.
    package let source: any TensorSource
    /// All tensors of the model, in the order in which they are used.
    package let tensors: [ModelTensor]
    /// Whether the embedding is also the head.
    package let tiesHead: Bool

    /// Combines a configuration with its weights. A model without a separate head is tied.
    package init(_ configuration: ModelConfiguration, _ source: any TensorSource) {
        self.configuration = configuration
        self.source = source
        tiesHead = !source.contains(Self.headName)
        tensors = configuration.tensors(isTied: tiesHead)
    }

    static let headName = "lm_head.weight"

    /// Takes the model from opened files.
    ///
    /// - Throws: if there is a tensor that the model's architecture does not have, or a required head is missing.
    package init(_ files: ModelFiles) throws(CheckpointError) {
        switch files {
        case .gguf(let file, let configuration): try self.init(file, configuration)
        case .folder(let folder, let stated): try self.init(folder, stated)
        }
    }

    /// Takes the model from opened files, with its exit block, if it has one.
    ///
    /// - Throws: as above; also if the exit block does not fit the model.
    package init(_ files: ModelFiles, withExitBlock: Bool) throws(CheckpointError) {
        let model = try StoredModel(files)
        guard withExitBlock, let file = try ExitBlockFile(of: files) else {
            self = model
            return
        }
        self = try model.with(file)
    }

    private init(_ file: GGUFFile, _ configuration: ModelConfiguration) throws(CheckpointError) {
        self.init(configuration, GGUFSource(file, configuration))
        // RoPE's factors have become part of the configuration.
        try refuseUnknownTensors(file.tensors.map(\.name), except: ModelConfiguration.ggufRoPETensors)
    }

    private init(_ folder: ModelFolder, _ stated: HuggingFaceConfiguration) throws(CheckpointError) {
        // Some writers store the embedding a second time as the head. A head that differs was trained, so it is used,
        // as in transformers, whatever the configuration says.
        var source = folder.source
        if stated.model.architecture.storesGainsMinusOne { source.gainOffset = 1 }
        if stated.tiesHead, source.contains(Self.headName), try stated.model.hasEqualEnds(in: source) {
            source = source.without(Self.headName)
        }
        try Self.refuseOtherKinds(folder.source)
        self.init(stated.model, source)
        guard stated.tiesHead || !tiesHead else {
            throw CheckpointError(
                file: source.file, name: "tensor \(Self.headName.quoted)",
                expected: "a head, since config.json does not set \"tie_word_embeddings\"", found: "no such tensor")
        }
        let names = folder.source.tensors.filter { !StoredBuffer.includes($0.name, shape: $0.shape) }.map(\.name)
        try refuseUnknownTensors(names, except: [Self.headName])
    }

    /// Throws if a folder's weights are quantized or those of an adapter, which their names show.
    private static func refuseOtherKinds(_ source: SafetensorsSource) throws(CheckpointError) {
        for tensor in source.tensors {
            let found: String
            if let method = Quantization.method(ofTensor: tensor.name) {
                found = Quantization.found(method)
            } else if tensor.name.contains(".lora_") {
                found = "a LoRA adapter; merge it into its base model"
            } else {
                continue
            }
            throw CheckpointError(
                file: source.file, name: "tensor \(tensor.name.quoted)", expected: "weights in F32, F16 or BF16",
                found: found)
        }
    }

    /// Throws unless all tensors are there, with the right shapes, in supported formats.
    package func checkTensors() throws(CheckpointError) {
        for tensor in tensors { _ = try source.tensor(named: tensor.name, shape: tensor.shape) }
    }

    /// Throws unless models of the architecture can be trained.
    package func checkTrainable() throws(CheckpointError) {
        let architecture = configuration.architecture
        guard !architecture.isTrainable else { return }
        let known = Architecture.all.filter(\.isTrainable).map(\.name).joined(separator: ", ")
        throw CheckpointError(
            file: source.file, expected: "a model of an architecture that can be trained (\(known))",
            found: architecture.name.quoted)
    }

    /// Throws unless there is memory for all weights. Their size in a file is about their packed size.
    func checkMemory(_ formats: MatrixFormats) throws(CheckpointError) {
        try CheckpointError.checkMemory(byteCount(formats), file: source.file, name: "weights")
    }

    /// Throws if there is no memory for the weights that a recipe makes.
    ///
    /// - Parameter factor: how many times as much memory must be free.
    package func checkMemory(quantizing recipe: QuantizationRecipe, factor: Int = 1) throws(CheckpointError) {
        let formats = MatrixFormats(self, quantizing: recipe)
        try CheckpointError.checkMemory(factor * byteCount(formats), file: source.file, name: "weights")
    }

    /// The number of weights.
    package var weightCount: Int { tensors.reduce(0) { $0 + $1.count } }

    /// Bytes of the weights if a recipe converts them while they are loaded; nil keeps their formats.
    package func byteCount(quantizing recipe: QuantizationRecipe?) throws(CheckpointError) -> Int {
        try byteCount(MatrixFormats(self, quantizing: recipe))
    }

    private func byteCount(_ formats: MatrixFormats) throws(CheckpointError) -> Int {
        var byteCount = 0
        for tensor in tensors where source.contains(tensor.name) {
            let stored = try source.tensor(named: tensor.name, shape: tensor.shape)
            let dtype = formats.dtype(of: tensor, stored: stored)
            byteCount += stored.rows * dtype.bytesPerRow(columns: stored.columns)
        }
        return byteCount
    }

    /// Throws if there is a tensor that the model does not use, such as a bias that its configuration does not state:
    /// ignoring it would change the model's text.
    private func refuseUnknownTensors(_ stored: [String], except extra: [String]) throws(CheckpointError) {
        // Compares the file's spelling, so that another spelling, such as `blk.00.`, is an unknown tensor.
        let known = Set(tensors.map { source.storedName(of: $0.name) } + extra)
        for name in stored where !known.contains(name) {
            throw CheckpointError(
                file: source.file, name: "tensor \(name.quoted)",
                expected: "only tensors of a plain \(configuration.architecture.name) model with "
                    + "\(configuration.layerCount) blocks",
                found: "an unknown tensor")
        }
    }
}

extension ModelConfiguration {
    /// Whether the head equals the embedding, byte for byte.
    fileprivate func hasEqualEnds(in source: SafetensorsSource) throws(CheckpointError) -> Bool {
        var ends: [StoredTensor] = []
        for tensor in tensors(isTied: false) where [.embedding, .head].contains(tensor.role) {
            ends.append(try source.tensor(named: tensor.name, shape: tensor.shape))
        }
        defer { ends[0].release() }
        return ends[1].hasSameContents(as: ends[0])
    }
}
