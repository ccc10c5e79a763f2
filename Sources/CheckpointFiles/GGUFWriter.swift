package import TensorCore

/// Writes GGUF files: metadata, then tensors in the order in which they were added (ggml's docs/gguf.md).
package struct GGUFWriter: Sendable {
    /// The version to write: 3, or 2 for readers of long ago.
    package var version: UInt32 = 3
    /// The metadata to write; `general.alignment` also decides where tensors begin.
    package var metadata = GGUFMetadata(file: "new GGUF file")
    private var entries = TensorEntries()

    /// A file without metadata and tensors.
    package init() {}

    /// Adds a tensor whose bytes are made only when they are written, so that not all need memory at once.
    ///
    /// - Parameters:
    ///   - name: the name in the file.
    ///   - dtype: the format of the elements.
    ///   - shape: one to four dimensions, the innermost last; its rows must be whole blocks of the format.
    ///   - contents: gives a tensor of that format and shape; its own name does not matter.
    package mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        contents: @escaping @Sendable () throws(CheckpointError) -> StoredTensor
    ) {
        entries.add(name, dtype, shape: shape, contents: contents)
    }

    /// Adds a tensor whose bytes are written piece by piece, so that not even one needs memory as a whole.
    ///
    /// - Parameter write: gives exactly as many bytes as the shape needs, row after row.
    package mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        writing write: @escaping @Sendable (ByteOutput) throws(CheckpointError) -> Void
    ) {
        entries.add(name, dtype, shape: shape, writing: write)
    }

    /// Adds a tensor of bytes that are there already.
    package mutating func add(_ name: String, _ dtype: DType, shape: [Int], bytes: [UInt8]) {
        let tensor = StoredTensor(name: name, dtype: dtype, shape: shape, bytes: bytes)
        add(name, dtype, shape: shape) { tensor }
    }

    /// Everything before the tensors' data, padding included.
    ///
    /// - Throws: if `general.alignment` is not one that a reader would take.
    package func header() throws(CheckpointError) -> [UInt8] {
        let alignment = try metadata.alignment()
        var sink = ByteSink()
        sink.append(raw: Array("GGUF".utf8))
        sink.append(version)
        sink.append(UInt64(entries.all.count))
        sink.append(UInt64(metadata.keys.count))
        for key in metadata.keys {
            guard let value = metadata[key] else { continue }
            sink.append(key)
            sink.append(value.type.rawValue)
            sink.append(value)
        }
        var offset = 0
        for entry in entries.all {
            sink.append(entry.name)
            sink.append(UInt32(entry.shape.count))
            for dimension in entry.shape.reversed() {
                sink.append(UInt64(dimension))
            }
            sink.append(entry.dtype.ggufType)
            sink.append(UInt64(offset))
            offset += entry.byteCount + entry.byteCount.padding(to: alignment)
        }
        sink.pad(to: alignment)
        return sink.bytes
    }

    /// The whole file in memory.
    package func bytes() throws(CheckpointError) -> [UInt8] {
        var sink = ByteSink()
        try entries.write(header(), alignment: metadata.alignment()) { (bytes) throws(CheckpointError) in
            bytes.withUnsafeBytes { sink.append(raw: Array($0)) }
        }
        return sink.bytes
    }

    /// Writes the file in one step: under a temporary name beside its place, synced, then renamed.
    ///
    /// - Parameter progress: is told how many bytes have been written.
    /// - Throws: if the file cannot be written, or `progress` throws; whatever was at the path before is then still
    ///   there.
    package func write(
        to path: String, progress: (Int) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        try entries.write(header(), alignment: metadata.alignment(), to: path, progress: progress)
    }
}
