import TensorCore

/// A function that receives the bytes of a file, piece by piece.
package typealias ByteOutput = (RawSpan) throws(CheckpointError) -> Void

/// The tensors of a file being written. Names, formats and shapes come first; bytes are produced only when written, so
/// that not all tensors are in memory at once.
struct TensorEntries: Sendable {
    struct Entry: Sendable {
        let name: String
        let dtype: DType
        let shape: [Int]
        let byteCount: Int
        let write: @Sendable (ByteOutput) throws(CheckpointError) -> Void
    }

    private(set) var all: [Entry] = []
    private var names: Set<String> = []

    mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        writing write: @escaping @Sendable (ByteOutput) throws(CheckpointError) -> Void
    ) {
        guard (1...4).contains(shape.count), let byteCount = dtype.byteCount(shape: shape) else {
            preconditionFailure("\(name): \(dtype) cannot have shape \(shape)")
        }
        precondition(names.insert(name).inserted, "\(name) was added before")
        all.append(Entry(name: name, dtype: dtype, shape: shape, byteCount: byteCount, write: write))
    }

    mutating func add(
        _ name: String, _ dtype: DType, shape: [Int],
        contents: @escaping @Sendable () throws(CheckpointError) -> StoredTensor
    ) {
        add(name, dtype, shape: shape) { (output) throws(CheckpointError) in
            let tensor = try contents()
            precondition(tensor.dtype == dtype && tensor.shape == shape, "\(name) is another tensor")
            try tensor.withBytes(output)
        }
    }

    /// The same tensors sorted by element size, widest first, so that all are aligned without padding.
    var widestElementsFirst: TensorEntries {
        var result = self
        let widths = Set(all.map(\.dtype.bytesPerBlock)).sorted(by: >)
        result.all = widths.flatMap { width in all.filter { $0.dtype.bytesPerBlock == width } }
        return result
    }

    /// Writes a header, then every tensor, each followed by zeros up to a multiple of `alignment`.
    func write(_ header: [UInt8], alignment: Int, to output: ByteOutput) throws(CheckpointError) {
        // Spans of temporaries crash the compiler here (6.3.1): "instruction does not dominate all uses".
        try output(header.span.bytes)
        for entry in all {
            var byteCount = 0
            try entry.write { (bytes) throws(CheckpointError) in
                byteCount += bytes.byteCount
                try output(bytes)
            }
            precondition(byteCount == entry.byteCount, "\(entry.name): \(byteCount) of \(entry.byteCount) bytes")
            let padding = [UInt8](repeating: 0, count: byteCount.padding(to: alignment))
            try output(padding.span.bytes)
        }
    }

    /// Writes the tensors to a file atomically: under a temporary name in the same folder, synced, then renamed.
    ///
    /// - Parameter progress: called with the number of bytes written so far.
    /// - Throws: if the file cannot be written, or `progress` throws; anything at the path before is then still there.
    func write(
        _ header: [UInt8], alignment: Int, to path: String, progress: (Int) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let file = try stage(header, alignment: alignment, at: path, progress: progress)
        do { try file.commit() } catch { throw CheckpointError(error) }
    }

    /// Writes the tensors under a temporary name, until the file is committed.
    ///
    /// - Throws: as above.
    func stage(
        _ header: [UInt8], alignment: Int, at path: String, progress: (Int) throws(CheckpointError) -> Void
    ) throws(CheckpointError) -> ReplacementFile {
        let file = try inCheckpoint(try ReplacementFile(path))
        var byteCount = 0
        try write(header, alignment: alignment) { (bytes) throws(CheckpointError) in
            try inCheckpoint(try file.write(bytes))
            byteCount += bytes.byteCount
            try progress(byteCount)
        }
        return file
    }
}
