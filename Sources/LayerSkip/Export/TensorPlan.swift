import CheckpointFiles
import LanguageModels
import TensorCore

/// What becomes of each tensor of a model: its format, and its rows' order.
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
    /// What is not as it was asked for, and why.
    let notes: [String]

    /// - Parameters:
    ///   - pairing: the rows' order in the file to write.
    ///   - dtype: the format of matrices; nil leaves each as it is.
    ///   - canQuantize: whether the file to write knows quantized formats.
    init(
        _ model: StoredModel, pairing: RoPEPairing, quantizing dtype: DType?, canQuantize: Bool
    ) throws(CheckpointError) {
        var entries: [Entry] = []
        var odd: Set<OddColumns> = []
        for tensor in model.tensors {
            let stored = try model.source.tensor(named: tensor.name, shape: tensor.shape)
            var target = dtype ?? stored.dtype
            if tensor.shape.count == 1 {
                // Gains and biases are few, and every element of a row meets one.
                target = .f32
            } else if !canQuantize, target.isQuantized {
                target = .f32
            } else if dtype != nil, target.bitsPerElement < 6, [.embedding, .head].contains(tensor.role) {
                // So few bits cost most at the two ends, where a row is all that tells a token from the others;
                // llama.cpp, too, gives them more.
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

    /// A matrix whose rows are no whole blocks.
    private struct OddColumns: Hashable {
        let columns: Int
        let block: Int
    }

    /// Bytes of all tensors as they will be written.
    var byteCount: Int {
        entries.reduce(0) { total, entry in
            let columns = entry.tensor.shape[entry.tensor.shape.count - 1]
            let rows = entry.tensor.shape.dropLast().reduce(1, *)
            return total + rows * entry.conversion.dtype.bytesPerRow(columns: columns)
        }
    }

    /// The format that most matrices have.
    var mainFormat: DType {
        let counts = Dictionary(grouping: entries.filter { $0.tensor.shape.count > 1 }, by: \.conversion.dtype)
        // In the order of the cases where two are as many.
        return DType.allCases.max { (counts[$0]?.count ?? 0) < (counts[$1]?.count ?? 0) } ?? .f32
    }
}
