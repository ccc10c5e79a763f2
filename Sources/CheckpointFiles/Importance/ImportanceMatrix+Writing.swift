import TensorCore

extension ImportanceMatrix {
    /// Writes a GGUF file that ``init(path:)`` and llama.cpp's `llama-quantize --imatrix` read, atomically.
    ///
    /// - Throws: if it cannot be written; a file that was at the path is then still there.
    public func write(to path: String) throws(CheckpointError) {
        var writer = GGUFWriter()
        writer.metadata[Key.type] = .string("imatrix")
        writer.metadata[Key.datasets] = .array(.strings(datasets))
        writer.metadata[Key.chunkCount] = .uint32(UInt32(clamping: chunkCount))
        writer.metadata[Key.chunkSize] = .uint32(UInt32(clamping: chunkSize))
        for name in names {
            guard let entry = entry(name) else { continue }
            for (suffix, values) in [(Suffix.sums, entry.sums), (Suffix.counts, [Float(entry.count)])] {
                writer.add(name + suffix, .f32, shape: [values.count], bytes: DType.f32.quantize(values))
            }
        }
        try writer.write(to: path)
    }
}
