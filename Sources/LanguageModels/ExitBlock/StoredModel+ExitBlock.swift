import CheckpointFiles
package import TensorCore

extension StoredModel {
    /// The model without its exit block.
    package var withoutExitBlock: StoredModel {
        guard configuration.exitBlock != nil else { return self }
        var plain = configuration
        plain.exitBlock = nil
        return StoredModel(plain, (source as? ExitBlockSource)?.base ?? source)
    }

    /// The model with an exit block that is a copy of the layer behind the exit: what the trunk does next with these
    /// rows anyway, so that training begins with the exit one layer later, and not with noise.
    ///
    /// - Parameters:
    ///   - exit: 1..<layerCount.
    ///   - output: the matrix behind the block [width, width]; nil for the identity.
    package func withExitBlock(copiedAt exit: Int, output: Tensor? = nil) -> StoredModel {
        precondition(exit >= 1 && exit < configuration.layerCount, "an exit before the last layer")
        let base = withoutExitBlock
        var configuration = base.configuration
        configuration.exitBlock = exit
        return StoredModel(
            configuration,
            ExitBlockSource(base: base.source, block: CopiedLayer(base: base.source, layer: exit, output: output)))
    }

    /// The model with the exit block of a file.
    ///
    /// - Throws: if the block is not one of this model: an exit that it does not have, or other tensors or shapes.
    func with(_ file: ExitBlockFile) throws(CheckpointError) -> StoredModel {
        let layers = configuration.layerCount
        let base = withoutExitBlock
        guard file.exit >= 1, file.exit < layers else {
            throw CheckpointError(
                file: file.path, name: "key \(ExitBlockFile.key.quoted)",
                expected: layers > 1 ? "an exit in 1...\(layers - 1) of this model" : "a model with several layers",
                found: "\(file.exit)" + ExitBlockFile.remedy)
        }
        var configuration = base.configuration
        configuration.exitBlock = file.exit
        let block = file.source(configuration, gainOffset: source.gainOffset)
        let model = StoredModel(configuration, ExitBlockSource(base: base.source, block: block))
        let tensors = model.tensors.filter(\.isInExitBlock)
        let known = Set(tensors.map { block.storedName(of: $0.name) })
        for name in file.tensors.map(\.name) where !known.contains(name) {
            throw CheckpointError(
                file: file.path, name: "tensor \(name.quoted)",
                expected: "only tensors of a block of this \(configuration.architecture.name) model",
                found: "an unknown tensor" + ExitBlockFile.remedy)
        }
        for tensor in tensors {
            do throws(CheckpointError) {
                _ = try block.tensor(named: tensor.name, shape: tensor.shape)
            } catch {
                throw CheckpointError(
                    file: error.file, name: error.name, expected: error.expected,
                    found: error.found + ExitBlockFile.remedy)
            }
        }
        return model
    }
}
