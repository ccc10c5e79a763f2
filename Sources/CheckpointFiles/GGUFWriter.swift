package import TensorCore

/// Writes GGUF files: metadata, then tensors in the order in which they were added (ggml's docs/gguf.md).
package struct GGUFWriter: Sendable {
    /// The version to write: 3, or 2 for readers of long ago.
    package var version: UInt32 = 3
    /// The metadata to write; `general.alignment` also decides where tensors begin.
    package var metadata = GGUFMetadata(file: "new GGUF file")
    private var entries: [Entry] = []

    private struct Entry: Sendable {
        let name: String
        let dtype: DType
        let shape: [Int]
        let byteCount: Int
        let contents: @Sendable () throws(CheckpointError) -> StoredTensor
    }

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
        guard (1...4).contains(shape.count), let byteCount = dtype.byteCount(shape: shape) else {
            preconditionFailure("\(name): \(dtype) cannot have shape \(shape)")
        }
        precondition(!entries.contains { $0.name == name }, "\(name) was added before")
        entries.append(Entry(name: name, dtype: dtype, shape: shape, byteCount: byteCount, contents: contents))
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
        sink.append(UInt64(entries.count))
        sink.append(UInt64(metadata.keys.count))
        for key in metadata.keys {
            guard let value = metadata[key] else { continue }
            sink.append(key)
            sink.append(value.type.rawValue)
            sink.append(value)
        }
        var offset = 0
        for entry in entries {
            sink.append(entry.name)
            sink.append(UInt32(entry.shape.count))
            for dimension in entry.shape.reversed() {
                sink.append(UInt64(dimension))
            }
            sink.append(GGUFTensorType.number(entry.dtype))
            sink.append(UInt64(offset))
            offset += entry.byteCount + entry.byteCount.padding(to: alignment)
        }
        sink.pad(to: alignment)
        return sink.bytes
    }

    /// The whole file in memory.
    package func bytes() throws(CheckpointError) -> [UInt8] {
        var sink = ByteSink()
        try emit { (bytes) throws(CheckpointError) in
            bytes.withUnsafeBytes { sink.append(raw: Array($0)) }
        }
        return sink.bytes
    }

    /// Writes the file in one step: under a temporary name beside its place, synced, then renamed.
    ///
    /// - Throws: if the file cannot be written; whatever was at the path before is then still there.
    package func write(to path: String) throws(CheckpointError) {
        let file = try ReplacementFile(path)
        try emit { (bytes) throws(CheckpointError) in try file.write(bytes) }
        try file.commit()
    }

    private func emit(_ write: (RawSpan) throws(CheckpointError) -> Void) throws(CheckpointError) {
        let alignment = try metadata.alignment()
        // Spans of temporaries crash the compiler here (6.3.1): "instruction does not dominate all uses".
        let header = try header()
        try write(header.span.bytes)
        for entry in entries {
            let tensor = try entry.contents()
            precondition(tensor.dtype == entry.dtype && tensor.shape == entry.shape, "\(entry.name) is another tensor")
            try tensor.withBytes(write)
            let padding = [UInt8](repeating: 0, count: entry.byteCount.padding(to: alignment))
            try write(padding.span.bytes)
        }
    }
}
