import CheckpointFiles
import LanguageModels
import TensorCore

/// A plan for writing a model's tensors: the format and row order of each.
struct TensorPlan: Sendable {
    /// One tensor to write.
    struct Entry: Sendable {
        let tensor: ModelTensor
        var conversion: TensorConversion
        /// The elements to convert, if they are not those of the source.
        let values: StoredTensor?
        private let source: any TensorSource

        init(
            _ tensor: ModelTensor, conversion: TensorConversion, values: StoredTensor? = nil, source: any TensorSource
        ) {
            self.tensor = tensor
            self.conversion = conversion
            self.values = values
            self.source = source
        }

        /// The tensor to convert.
        func stored() throws(CheckpointError) -> StoredTensor {
            if let values { return values }
            return try source.tensor(named: tensor.name, shape: tensor.shape)
        }

        /// Writes the bytes, about a megabyte at a time.
        func write(to output: ByteOutput) throws(CheckpointError) {
            try conversion.write(stored(), to: output)
            try source.checkUnchanged()
        }
    }

    private(set) var entries: [Entry]
    /// Notes for people on what differs from the request, and why.
    let notes: [String]
    /// The gains that a GGUF file's own tensors cannot give back, for its metadata.
    let inexactGains: [InexactGain]

    /// - Parameters:
    ///   - target: the kind of output.
    ///   - dtype: the format of matrices; nil keeps each one's format.
    init(
        _ model: StoredModel, for target: CheckpointExport.Target, quantizing dtype: DType?
    ) throws(CheckpointError) {
        let architecture = model.configuration.architecture
        let pairing = target.ropePairing(of: architecture)
        let gains = GainConversion(model, storesMinusOne: architecture.storesGainsMinusOne && target == .safetensors)
        var entries: [Entry] = []
        var inexactGains: [InexactGain] = []
        var odd: Set<OddColumns> = []
        for tensor in model.tensors {
            let stored = try model.source.tensor(named: tensor.name, shape: tensor.shape)
            if let gain = gains.converted(tensor, stored) {
                entries.append(
                    Entry(tensor, conversion: TensorConversion(to: .f32), values: gain.values, source: model.source))
                if let inexact = gain.inexact { inexactGains.append(inexact) }
                continue
            }
            var format = dtype ?? stored.dtype
            if tensor.shape.count == 1 {
                // Gains and biases are small, and each affects one element of every row.
                format = .f32
            } else if target == .safetensors, format.isQuantized {
                format = .f32
            } else if dtype != nil, format.bitsPerElement < 6, [.embedding, .head].contains(tensor.role) {
                // So few bits lose most accuracy in the embedding and the head, where a single row distinguishes a
                // token from the others. llama.cpp also uses more bits there.
                format = .q8_0
            }
            if stored.columns % format.elementsPerBlock != 0 {
                odd.insert(OddColumns(columns: stored.columns, block: format.elementsPerBlock))
                format = .f16
            }
            var conversion = TensorConversion(to: format)
            if tensor.kind.isRotated, pairing != model.source.ropePairing {
                conversion.rows = TensorConversion.RowOrder(
                    from: model.source.ropePairing, to: pairing,
                    headDimension: model.configuration.attention.headDimension)
            }
            entries.append(Entry(tensor, conversion: conversion, source: model.source))
        }
        self.entries = entries
        self.inexactGains = inexactGains
        notes = odd.sorted { ($0.columns, $0.block) < ($1.columns, $1.block) }.map {
            "matrices of \($0.columns) columns, no multiple of \($0.block), are F16"
        }
        if target == .safetensors { try narrowVectors() }
    }

    /// Writes vectors in the matrices' format, as folders usually have them, if that loses nothing.
    private mutating func narrowVectors() throws(CheckpointError) {
        let format = mainFormat
        let vectors = entries.indices.filter { entries[$0].tensor.shape.count == 1 }
        for index in vectors {
            let values = try entries[index].stored().vector().values
            guard format.holds(values) else { return }
        }
        for index in vectors { entries[index].conversion.dtype = format }
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
