package import TensorCore

/// A tensor as stored in a file or in memory: a format, a shape, and bytes that are read only on demand.
package struct StoredTensor: Sendable {
    /// The name in the tensor's own file.
    package let name: String
    /// The element format.
    package let dtype: DType
    /// One to four dimensions, the innermost (contiguous) one last.
    package let shape: [Int]
    private let contents: Contents

    private enum Contents: Sendable {
        case mapped(MappedFile, Range<Int>)
        case owned([UInt8])
        /// Computed each time that the bytes are read: rows of a whole tensor.
        case computed(Computed, rows: Range<Int>)
    }

    /// Creates a tensor that lies in a mapped file.
    ///
    /// - Precondition: the range lies in the file and is as long as the shape needs.
    package init(name: String, dtype: DType, shape: [Int], file: MappedFile, range: Range<Int>) {
        precondition(dtype.byteCount(shape: shape) == range.count, "\(name): \(range.count) bytes for shape \(shape)")
        precondition(range.lowerBound >= 0 && range.upperBound <= file.byteCount, "\(name): outside its file")
        self.name = name
        self.dtype = dtype
        self.shape = shape
        contents = .mapped(file, range)
    }

    /// A tensor's computation, and the files that it depends on.
    private struct Computed: Sendable {
        let files: [MappedFile]
        let make: @Sendable () -> Tensor
    }

    /// Creates an F32 matrix that is computed each time that its bytes are read.
    ///
    /// - Parameters:
    ///   - files: those that it is computed from.
    ///   - make: returns the whole matrix.
    package init(
        name: String, shape: [Int], from files: [MappedFile], computing make: @escaping @Sendable () -> Tensor
    ) {
        self.name = name
        dtype = .f32
        self.shape = shape
        contents = .computed(Computed(files: files, make: make), rows: 0..<shape.dropLast().reduce(1, *))
    }

    /// Creates a tensor that lies in memory, such as a random one.
    ///
    /// - Precondition: there are as many bytes as the shape needs.
    package init(name: String, dtype: DType, shape: [Int], bytes: [UInt8]) {
        precondition(dtype.byteCount(shape: shape) == bytes.count, "\(name): \(bytes.count) bytes for shape \(shape)")
        self.name = name
        self.dtype = dtype
        self.shape = shape
        contents = .owned(bytes)
    }

    /// The number of elements in a row: the innermost dimension.
    package var columns: Int { shape[shape.count - 1] }

    /// The number of rows of ``columns`` elements; 1 for a vector.
    package var rows: Int { shape.dropLast().reduce(1, *) }

    /// The number of bytes.
    package var byteCount: Int {
        switch contents {
        case .mapped(_, let range): range.count
        case .owned(let bytes): bytes.count
        case .computed(_, let rows): rows.count * dtype.bytesPerRow(columns: columns)
        }
    }

    /// The path of the file that holds the tensor; nil if it is in memory.
    package var file: String? {
        if case .mapped(let file, _) = contents { file.path } else { nil }
    }

    /// The file that holds the tensor, or the files that it is computed from; none if it is in memory.
    package var mappings: [MappedFile] {
        switch contents {
        case .mapped(let file, _): [file]
        case .owned: []
        case .computed(let computed, _): computed.files
        }
    }

    /// The vector as a matrix of one column, each element a row.
    ///
    /// - Throws: if the format stores elements in blocks.
    func asColumn() throws(CheckpointError) -> StoredTensor {
        guard dtype.elementsPerBlock == 1 else {
            throw CheckpointError(
                file: file ?? name, name: "tensor \(name.quoted)", expected: "a vector in F32, F16 or BF16",
                found: dtype.rawValue)
        }
        return StoredTensor(name: name, dtype: dtype, shape: [columns, 1], contents: contents)
    }

    /// Some rows of the matrix, as a matrix.
    package func rows(_ rows: Range<Int>) -> StoredTensor {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "\(name): rows beyond the tensor")
        let size = dtype.bytesPerRow(columns: columns)
        let bytes = rows.lowerBound * size..<rows.upperBound * size
        let part: Contents =
            switch contents {
            case .mapped(let file, let range):
                .mapped(file, range.lowerBound + bytes.lowerBound..<range.lowerBound + bytes.upperBound)
            case .owned(let all): .owned(Array(all[bytes]))
            case .computed(let computed, let own):
                .computed(computed, rows: own.lowerBound + rows.lowerBound..<own.lowerBound + rows.upperBound)
            }
        return StoredTensor(name: name, dtype: dtype, shape: [rows.count, columns], contents: part)
    }

    private init(name: String, dtype: DType, shape: [Int], contents: Contents) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.contents = contents
    }

    /// Lends the bytes, row by row, for the duration of a call. They are aligned to the size of an element, or of a
    /// block's scale.
    package func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch contents {
        case .mapped(let file, let range): return try file.withBytes(in: range, body)
        case .owned(let bytes): return try body(bytes.span.bytes)
        case .computed(let computed, let rows):
            let (tensor, size) = (computed.make(), dtype.bytesPerRow(columns: columns))
            return try tensor.storage.withBytes { (bytes) throws(Failure) in
                try body(bytes.extracting(rows.lowerBound * size..<rows.upperBound * size))
            }
        }
    }

    /// Whether another tensor has the same format, shape and bytes.
    package func hasSameContents(as other: StoredTensor) -> Bool {
        guard dtype == other.dtype, shape == other.shape else { return false }
        return withBytes { bytes in
            other.withBytes { others in
                bytes.withUnsafeBytes { bytes in others.withUnsafeBytes { SystemCalls.areEqual(bytes, $0) } }
            }
        }
    }

    /// Asks the system to read the bytes soon.
    package func prefetch() {
        if case .mapped(let file, let range) = contents { file.prefetch(range) }
    }

    /// Tells the system that the bytes have been copied, so that the file's pages need no memory. They stay readable.
    package func release() { release(0..<byteCount) }

    /// Tells the system so for a range of the bytes.
    package func release(_ bytes: Range<Int>) {
        precondition(bytes.lowerBound >= 0 && bytes.upperBound <= byteCount, "\(name): bytes beyond the tensor")
        if case .mapped(let file, let range) = contents {
            file.release(range.lowerBound + bytes.lowerBound..<range.lowerBound + bytes.upperBound)
        }
    }
}
