import CheckpointFiles
import LanguageModels
import TensorCore

/// One tensor to write.
struct TensorPlanEntry: Sendable {
    let tensor: ModelTensor
    var conversion: TensorConversion
    /// The elements to convert, if they are not those of the source.
    private let values: StoredTensor?
    private let source: any TensorSource

    init(_ tensor: ModelTensor, conversion: TensorConversion, values: StoredTensor? = nil, source: any TensorSource) {
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

    /// Writes the bytes, about a megabyte at a time, and adds the tensor to a list if it is quantized.
    ///
    /// - Parameter name: its name in the output.
    func write(
        to output: ByteOutput, on pool: ThreadPool, listing list: QuantizedTensors, as name: String
    ) throws(CheckpointError) {
        let stored = try stored()
        let error = try conversion.write(stored, on: pool, to: output)
        try source.checkUnchanged()
        guard let error, conversion.dtype.isQuantized else { return }
        list.add(QuantizedTensor(name: name, from: stored.dtype, to: conversion.dtype, error: error.weighted))
    }
}
