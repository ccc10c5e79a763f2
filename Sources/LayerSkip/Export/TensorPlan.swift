import CheckpointFiles
import LanguageModels
import TensorCore

/// A plan for writing a model's tensors: the format and row order of each.
struct TensorPlan: Sendable {
    /// One tensor to write.
    struct Entry: Sendable {
        let tensor: ModelTensor
        let conversion: TensorConversion
        private let source: any TensorSource

        init(_ tensor: ModelTensor, conversion: TensorConversion, source: any TensorSource) {
            self.tensor = tensor
            self.conversion = conversion
            self.source = source
        }

        /// Writes the bytes, about a megabyte at a time.
        func write(to output: ByteOutput) throws(CheckpointError) {
            try conversion.write(source.tensor(named: tensor.name, shape: tensor.shape), to: output)
            try source.checkUnchanged()
        }
    }

    let entries: [Entry]
    /// Notes for people on what differs from the request, and why.
    let notes: [String]

    /// - Parameters:
    ///   - pairing: the row order in the output.
    ///   - dtype: the format of matrices; nil keeps each one's format.
    ///   - canQuantize: whether the output supports quantized formats.
    init(
        _ model: StoredModel, pairing: RoPEPairing, quantizing dtype: DType?, canQuantize: Bool
    ) throws(CheckpointError) {
        var entries: [Entry] = []
        var odd: Set<OddColumns> = []
        for tensor in model.tensors {
            let stored = try model.source.tensor(named: tensor.name, shape: tensor.shape)
            var target = dtype ?? stored.dtype
            if tensor.shape.count == 1 {
                // Gains and biases are small, and each affects one element of every row.
                target = .f32
            } else if !canQuantize, target.isQuantized {
                target = .f32
            } else if dtype != nil, target.bitsPerElement < 6, [.embedding, .head].contains(tensor.role) {
                // So few bits lose most accuracy in the embedding and the head, where a single row distinguishes a
                // token from the others. llama.cpp also uses more bits there.
                target = .q8_0
            }
            if stored.columns % target.elementsPerBlock != 0 {
                odd.insert(OddColumns(columns: stored.columns, block: target.elementsPerBlock))
                target = .f16
            }
            var conversion = TensorConversion(to: target)
            if tensor.kind.isRotated, pairing != model.source.ropePairing {
                conversion.rows = TensorConversion.RowOrder(
                    from: model.source.ropePairing, to: pairing,
                    headDimension: model.configuration.attention.headDimension)
            }
            entries.append(Entry(tensor, conversion: conversion, source: model.source))
        }
        self.entries = entries
        notes = odd.sorted { ($0.columns, $0.block) < ($1.columns, $1.block) }.map {
            "matrices of \($0.columns) columns, no multiple of \($0.block), are F16"
        }
    }

    /// The shape of matrices whose rows are not a whole number of blocks.
    private struct OddColumns: Hashable {
        let columns: Int
        let block: Int
    }

    /// The size in bytes of all tensors as written.
    var byteCount: Int {
        entries.reduce(0) { total, entry in
            let columns = entry.tensor.shape[entry.tensor.shape.count - 1]
            let rows = entry.tensor.shape.dropLast().reduce(1, *)
            return total + rows * entry.conversion.dtype.bytesPerRow(columns: columns)
        }
    }

    /// The format of most matrices.
    var mainFormat: DType {
        let counts = Dictionary(grouping: entries.filter { $0.tensor.shape.count > 1 }, by: \.conversion.dtype)
        // Ties are resolved in the order of the cases.
        return DType.allCases.max { (counts[$0]?.count ?? 0) < (counts[$1]?.count ?? 0) } ?? .f32
    }
}
