import CheckpointFiles
import LanguageModels
import TensorCore

/// A plan for writing a model's tensors: the format and row order of each.
struct TensorPlan: Sendable {
    private(set) var entries: [TensorPlanEntry]
    /// Notes for people on what differs from the request, and why.
    let notes: [String]
    /// The gains that a GGUF file's own tensors cannot give back, for its metadata.
    let inexactGains: [InexactGain]

    /// - Parameters:
    ///   - target: the kind of output.
    ///   - choice: the formats of matrices; nil keeps each one's format.
    /// - Throws: if a tensor is missing or not supported, or the importance matrix is of another model.
    init(
        _ model: StoredModel, for target: CheckpointExport.Target, quantizing choice: QuantizationChoice?
    ) throws(CheckpointError) {
        let architecture = model.configuration.architecture
        let pairing = target.ropePairing(of: architecture)
        let keepsVectors = target == .safetensors && choice == nil && model.withoutExitBlock.source is SafetensorsSource
        let gains = GainConversion(model, storesMinusOne: architecture.storesGainsMinusOne && target == .safetensors)
        try choice?.check(model)
        var entries: [TensorPlanEntry] = []
        var inexactGains: [InexactGain] = []
        var notes = QuantizationNotes()
        for tensor in model.tensors {
            let stored = try model.source.tensor(named: tensor.name, shape: tensor.shape)
            if let gain = gains.converted(tensor, stored) {
                entries.append(
                    TensorPlanEntry(
                        tensor, conversion: TensorConversion(to: .f32), values: gain.values, source: model.source))
                if let inexact = gain.inexact { inexactGains.append(inexact) }
                continue
            }
            var conversion = TensorConversion(to: stored.dtype)
            if tensor.shape.count == 1 {
                // Gains and biases are small, and each affects one element of every row.
                conversion.dtype = keepsVectors ? stored.dtype : .f32
            } else if let choice {
                let (planned, dtype) = choice.recipe.formats(
                    for: tensor, of: model.configuration, isTied: model.tiesHead,
                    hasImportance: choice.importance != nil)
                conversion.dtype = dtype
                conversion.importance = choice.importance?[tensor.ggufName]
                notes.add(tensor, from: stored.dtype, to: dtype, planned: planned)
            } else if target == .safetensors, stored.dtype.isQuantized {
                conversion.dtype = .f32
            }
            if tensor.kind.isRotated, pairing != model.source.ropePairing {
                conversion.rows = TensorConversion.RowOrder(
                    from: model.source.ropePairing, to: pairing,
                    headDimension: model.configuration.attention.headDimension)
            }
            entries.append(TensorPlanEntry(tensor, conversion: conversion, source: model.source))
        }
        self.entries = entries
        self.inexactGains = inexactGains
        self.notes = notes.texts(importance: choice?.importance)
        if target == .safetensors, !keepsVectors { try narrowVectors() }
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
