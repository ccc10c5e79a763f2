import TensorCore

extension ModelConfiguration {
    /// All tensors, in the order in which they are used.
    ///
    /// - Parameter isTied: whether the embedding is also the head.
    package func tensors(isTied: Bool) -> [ModelTensor] {
        func present(_ rows: [TensorTable.Row]) -> [TensorTable.Row] {
            rows.filter { $0.presence.includes(architecture, biases: biases, isTied: isTied) }
        }
        let layer = present(TensorTable.layer)
        let exitBlock =
            exitBlock.map { exit in present(TensorTable.exitBlock).map { tensor($0, in: .exitBlock(exit)) } } ?? []
        return present(TensorTable.first).map { tensor($0, in: .embedding) }
            + (0..<layerCount).flatMap { index in layer.map { tensor($0, in: .layer(index)) } }
            + present(TensorTable.last).map { tensor($0, in: .head) } + exitBlock
    }

    private func tensor(_ row: TensorTable.Row, in part: ModelPart) -> ModelTensor {
        var (name, ggufName) = (row.name, row.ggufName)
        switch part {
        case .layer(let index):
            name = "\(TensorTable.layerPrefix)\(index).\(name)"
            ggufName = "\(TensorTable.ggufLayerPrefix)\(index).\(ggufName)"
        case .exitBlock:
            name = TensorTable.exitBlockPrefix + name
            ggufName = TensorTable.ggufExitBlockPrefix + ggufName
        case .embedding, .head: break
        }
        return ModelTensor(
            role: row.role, name: name, ggufName: ggufName, shape: row.shape.map(size), kind: row.kind, part: part,
            fusedParts: fusedParts(row.role))
    }

    private func fusedParts(_ role: TensorRole) -> [(role: TensorRole, rows: Range<Int>)] {
        let sizes: [(role: TensorRole, size: TensorTable.Size)] =
            switch role {
            case .queryKeyValue: [(.query, .queries), (.key, .keys), (.value, .keys)]
            case .gateUp: [(.gate, .feedForward), (.up, .feedForward)]
            default: []
            }
        var start = 0
        return sizes.map { part in
            defer { start += size(part.size) }
            return (part.role, start..<start + size(part.size))
        }
    }

    private func size(_ size: TensorTable.Size) -> Int {
        switch size {
        case .vocabulary: vocabularySize
        case .width: width
        case .feedForward: feedForwardWidth
        case .queries: attention.heads * attention.headDimension
        case .keys: attention.keyValueHeads * attention.headDimension
        case .head: attention.headDimension
        case .queriesKeysAndValues: (attention.heads + 2 * attention.keyValueHeads) * attention.headDimension
        case .gateAndUp: 2 * feedForwardWidth
        }
    }
}
