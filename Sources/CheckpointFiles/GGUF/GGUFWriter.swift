package import TensorCore

/// Writes GGUF files: metadata, then tensors in the order in which they were added (ggml's docs/gguf.md).
package struct GGUFWriter: Sendable {
    /// The version to write: 3, or 2 for old readers.
    package var version: UInt32 = 3
    /// The metadata to write; `general.alignment` also sets the alignment of the tensors' data.
    package var metadata = GGUFMetadata(file: "new GGUF file")
    private(set) var entries = TensorEntries()

    /// Creates a writer without metadata or tensors.
    package init() {}

    /// Adds a tensor whose bytes are produced only when it is written, so that not all tensors are in memory at once.
    ///
    /// - Parameters:
    ///   - name: the name in the file.
    ///   - dtype: the element format.
    ///   - shape: one to four dimensions, the innermost last; its rows must be whole blocks of the format.
    ///   - contents: returns a tensor of that format and shape; its name is ignored.
    package mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        contents: @escaping @Sendable () throws(CheckpointError) -> StoredTensor
    ) {
        entries.add(name, dtype, shape: shape, contents: contents)
    }

    /// Adds a tensor whose bytes are written in pieces, so that even a single tensor is never in memory as a whole.
    ///
    /// - Parameter write: outputs exactly the bytes that the shape takes, row by row.
    package mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        writing write: @escaping @Sendable (ByteOutput) throws(CheckpointError) -> Void
    ) {
        entries.add(name, dtype, shape: shape, writing: write)
    }

    /// Adds a tensor whose bytes are already in memory.
    package mutating func add(_ name: String, _ dtype: DType, shape: [Int], bytes: [UInt8]) {
        let tensor = StoredTensor(name: name, dtype: dtype, shape: shape, bytes: bytes)
        add(name, dtype, shape: shape) { tensor }
    }

    /// The file's header: everything before the tensors' data, including padding.
    ///
    /// - Throws: if `general.alignment` is one that a reader would refuse.
    package func header() throws(CheckpointError) -> [UInt8] {
        let alignment = try metadata.alignment()
        var sink = ByteSink()
        sink.append(raw: unpaddedHeader(alignment: alignment))
        sink.pad(to: alignment)
        return sink.bytes
    }

    /// The header without the padding at its end.
    func unpaddedHeader(alignment: Int) -> [UInt8] {
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
            sink.append(raw: entry.description(offset: offset))
            offset += entry.byteCount + entry.byteCount.padding(to: alignment)
        }
        return sink.bytes
    }

    /// The whole file, in memory.
    package func bytes() throws(CheckpointError) -> [UInt8] {
        var sink = ByteSink()
        try entries.write(header(), alignment: metadata.alignment()) { (bytes) throws(CheckpointError) in
            bytes.withUnsafeBytes { sink.append(raw: Array($0)) }
        }
        return sink.bytes
    }

    /// Writes the file atomically: under a temporary name in the same folder, synced, then renamed.
    ///
    /// - Parameter progress: called with the number of bytes written so far.
    /// - Throws: if the file cannot be written, or `progress` throws; anything at the path before is then still there.
    package func write(
        to path: String, progress: (Int) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        try entries.write(header(), alignment: metadata.alignment(), to: path, progress: progress)
    }

    /// Writes the file under a temporary name, until it is committed.
    ///
    /// - Throws: as above.
    package func stage(
        at path: String, progress: (Int) throws(CheckpointError) -> Void
    ) throws(CheckpointError) -> ReplacementFile {
        try entries.stage(header(), alignment: metadata.alignment(), at: path, progress: progress)
    }
}

extension TensorEntries.Entry {
    /// The tensor's description in the header.
    func description(offset: Int) -> [UInt8] {
        var sink = ByteSink()
        sink.append(name)
        sink.append(UInt32(shape.count))
        for dimension in shape.reversed() {
            sink.append(UInt64(dimension))
        }
        sink.append(dtype.ggufType)
        sink.append(UInt64(offset))
        return sink.bytes
    }
}
