package import TensorCore

/// Writes safetensors files: a header, then the tensors, F32 before the others and otherwise in the order added.
///
/// Source: the format's specification, "Format" in the README of huggingface/safetensors. Equal tensors give identical
/// bytes.
package struct SafetensorsWriter: Sendable {
    /// The file's text metadata; readers of PyTorch's checkpoints expect this entry.
    package var metadata = ["format": "pt"]
    private var entries = TensorEntries()

    /// Creates a writer without tensors.
    package init() {}

    /// Adds a tensor whose bytes are produced only when it is written, so that not all tensors are in memory at once.
    ///
    /// - Parameters:
    ///   - name: the name in the file.
    ///   - dtype: the element format, which must not be quantized.
    ///   - shape: one to four dimensions, the innermost last.
    ///   - contents: returns a tensor of that format and shape; its name is ignored.
    package mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        contents: @escaping @Sendable () throws(CheckpointError) -> StoredTensor
    ) {
        check(name, dtype)
        entries.add(name, dtype, shape: shape, contents: contents)
    }

    /// Adds a tensor whose bytes are written in pieces, so that even a single tensor is never in memory as a whole.
    ///
    /// - Parameter write: outputs exactly the bytes that the shape takes, row by row.
    package mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        writing write: @escaping @Sendable (ByteOutput) throws(CheckpointError) -> Void
    ) {
        check(name, dtype)
        entries.add(name, dtype, shape: shape, writing: write)
    }

    private func check(_ name: String, _ dtype: DType) {
        precondition(!dtype.isQuantized, "\(name): safetensors files cannot hold \(dtype.rawValue)")
        precondition(name != SafetensorsHeader.metadataKey, "\(name) cannot name a tensor")
    }

    /// The file's header: a length, then JSON padded with spaces so that the data begins at a multiple of 8.
    package func header() -> [UInt8] {
        var fields: [String: Field] = [SafetensorsHeader.metadataKey: .metadata(metadata)]
        var offset = 0
        for entry in entries.widestElementsFirst.all {
            let end = offset + entry.byteCount
            fields[entry.name] = .tensor(
                SafetensorsEntry(dtype: entry.dtype.rawValue, shape: entry.shape, offsets: [offset, end]))
            offset = end
        }
        var text = JSONText.encode(fields, onOneLine: true)
        text += repeatElement(UInt8(ascii: " "), count: text.count.padding(to: 8))
        var sink = ByteSink()
        sink.append(UInt64(text.count))
        sink.append(raw: text)
        return sink.bytes
    }

    private enum Field: Encodable {
        case metadata([String: String])
        case tensor(SafetensorsEntry)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .metadata(let metadata): try metadata.encode(to: encoder)
            case .tensor(let tensor): try tensor.encode(to: encoder)
            }
        }
    }

    /// Writes the file atomically: under a temporary name in the same folder, synced, then renamed.
    ///
    /// - Parameter progress: called with the number of bytes written so far.
    /// - Throws: if the file cannot be written, or `progress` throws; anything at the path before is then still there.
    package func write(
        to path: String, progress: (Int) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) {
        // No padding between tensors: the format allows no holes.
        try entries.widestElementsFirst.write(header(), alignment: 1, to: path, progress: progress)
    }
}
