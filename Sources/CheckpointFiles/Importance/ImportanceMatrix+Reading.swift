import TensorCore

extension ImportanceMatrix {
    /// Reads a file that llama.cpp's `llama-imatrix` or this package wrote: a GGUF file, or one in the older format.
    ///
    /// - Throws: if it cannot be read, is another kind of file, or has values that are no sums of squares.
    public init(path: String) throws(CheckpointError) {
        let mapping = try inCheckpoint(try MappedFile(path: path))
        let isGGUF = mapping.byteCount >= 4 && mapping.bytes(0..<4) == Array("GGUF".utf8)
        try self.init(mapping, isGGUF: isGGUF)
    }

    private init(_ mapping: MappedFile, isGGUF: Bool) throws(CheckpointError) {
        if isGGUF {
            try self.init(GGUFFile(mapping) { (metadata) throws(CheckpointError) in try metadata.checkImportance() })
        } else {
            self = try mapping.withBytes(in: 0..<mapping.byteCount) { (bytes) throws(CheckpointError) in
                try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                    var cursor = ByteCursor(bytes, file: mapping.path)
                    // A number of entries, such as 128, can be the first bytes of another format.
                    return try ImportanceMatrix(
                        &cursor, otherwise: ForeignFormat(bytes)?.name ?? "another kind of file")
                }
            }
            try inCheckpoint(try mapping.checkUnchanged())
        }
    }

    /// What the file should be, for errors.
    static let kind = "an importance matrix, as llama-imatrix writes it"

    /// Reads the tensors `NAME.in_sum2` and `NAME.counts` of each matrix.
    private init(_ file: GGUFFile) throws(CheckpointError) {
        var entries: [String: Entry] = [:]
        for tensor in file.tensors where !tensor.name.hasSuffix(Suffix.counts) {
            func failure(expected: String, found: String) -> CheckpointError {
                CheckpointError(
                    file: file.path, name: "tensor \(tensor.name.quoted)", expected: expected, found: found)
            }
            guard tensor.name.hasSuffix(Suffix.sums) else {
                throw failure(expected: "a name that ends with \(Suffix.sums) or \(Suffix.counts)", found: "another")
            }
            let name = String(tensor.name.dropLast(Suffix.sums.count))
            guard let counted = file.tensor(named: name + Suffix.counts) else {
                throw failure(expected: "a tensor \(name + Suffix.counts) with it", found: "none")
            }
            guard let sums = file.floats(tensor.name), let counts = file.floats(counted.name) else {
                throw failure(
                    expected: "sums and counts in F32", found: "\(tensor.dtype.rawValue) and \(counted.dtype.rawValue)")
            }
            let matrices = tensor.shape.dropLast().reduce(1, *)
            guard counts.count == matrices else {
                throw failure(
                    expected: "\(matrices.counted("count")), one for each row of sums", found: "\(counts.count)")
            }
            guard matrices == 1 else {
                throw failure(
                    expected: "the sums of one matrix", found: "those of \(matrices), as in a mixture of experts")
            }
            guard counts[0] >= 0, let count = Int(exactly: counts[0].rounded()) else {
                throw failure(expected: "a number of tokens", found: "\(counts[0])")
            }
            entries[name] = try Entry(checking: sums, count: count, of: name, file: file.path)
        }
        for tensor in file.tensors where tensor.name.hasSuffix(Suffix.counts) {
            let name = String(tensor.name.dropLast(Suffix.counts.count))
            guard entries[name] == nil else { continue }
            throw CheckpointError(
                file: file.path, name: "tensor \(tensor.name.quoted)",
                expected: "a tensor \(name + Suffix.sums) with it",
                found: "none")
        }
        guard !entries.isEmpty else { throw Self.isEmpty(file.path) }
        self.init(
            name: file.path, path: file.path, datasets: try file.metadata.stringsIfPresent(named: Key.datasets) ?? [],
            chunkSize: try file.metadata.integerIfPresent(named: Key.chunkSize) ?? 0,
            chunkCount: try file.metadata.integerIfPresent(named: Key.chunkCount) ?? 0, entries)
    }

    static func isEmpty(_ path: String) -> CheckpointError {
        CheckpointError(file: path, expected: kind, found: "no entries")
    }

    /// The endings of tensors' names in GGUF files.
    enum Suffix {
        static let sums = ".in_sum2"
        static let counts = ".counts"
    }

    /// Keys of GGUF files.
    enum Key {
        static let type = "general.type"
        static let datasets = "imatrix.datasets"
        static let chunkCount = "imatrix.chunk_count"
        static let chunkSize = "imatrix.chunk_size"
    }
}

extension ImportanceMatrix.Entry {
    /// Checks that values are sums of squares.
    init(checking sums: [Float], count: Int, of name: String, file: String) throws(CheckpointError) {
        if let wrong = sums.firstIndex(where: { !(0...1e30).contains($0) }) {
            throw CheckpointError(
                file: file, name: "importance of \(name.quoted)", expected: "numbers in 0...1e+30",
                found: "\(sums[wrong]) in column \(wrong)")
        }
        self.init(sums: sums, count: count)
    }
}

extension GGUFMetadata {
    /// Throws unless the file is an importance matrix.
    fileprivate func checkImportance() throws(CheckpointError) {
        let type = try stringIfPresent(named: ImportanceMatrix.Key.type)
        guard type != "imatrix" else { return }
        throw failure(
            ImportanceMatrix.Key.type, expected: "\"imatrix\": \(ImportanceMatrix.kind)",
            found: type?.quoted ?? "no such key")
    }
}

extension GGUFFile {
    /// The elements of a tensor in F32; nil if there is none.
    fileprivate func floats(_ name: String) -> [Float]? {
        guard let tensor = tensor(named: name), tensor.dtype == .f32 else { return nil }
        let count = tensor.shape.reduce(1, *)
        return tensor.withBytes { $0.withUnsafeBytes { DType.f32.dequantize($0, columns: count) } }
    }
}
