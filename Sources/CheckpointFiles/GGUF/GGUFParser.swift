/// Reads the header of a GGUF file: everything before the tensors' data, in file order.
///
///     magic, version, tensor count, metadata count | metadata | tensor infos | padding | data
struct GGUFParser {
    struct Result {
        var version: UInt32 = 0
        var metadata: GGUFMetadata
        var tensors: [Tensor] = []
        var indices: [String: Int] = [:]
    }

    /// A tensor's description. Its format is one of this package unless every format is allowed.
    struct Tensor {
        let name: String
        let type: GGUFTensorType
        let shape: [Int]
        let range: Range<Int>
    }

    var cursor: ByteCursor
    /// The kind of file, if it is a known one other than GGUF.
    private let foreignFormat: ForeignFormat?
    /// The size of the whole file in bytes.
    let byteCount: Int
    var result: Result
    /// The number of array elements that may still be read, over all arrays.
    var elementsLeft = GGUFLimits.elementCount

    /// Whether tensors may have formats that this package does not support.
    let allowsEveryFormat: Bool

    /// Parses the header of a mapped file.
    ///
    /// - Parameter check: is given the metadata before the tensors are read, and may throw.
    static func parse(
        _ mapping: MappedFile, allowingEveryFormat: Bool = false,
        checking check: (GGUFMetadata) throws(CheckpointError) -> Void = { _ in }
    ) throws(CheckpointError) -> Result {
        let result = try mapping.withBytes(in: 0..<mapping.byteCount) { (bytes) throws(CheckpointError) in
            try bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
                var parser = GGUFParser(bytes, file: mapping.path, allowsEveryFormat: allowingEveryFormat)
                try parser.parse(checking: check)
                return parser.result
            }
        }
        try inCheckpoint(try mapping.checkUnchanged())
        return result
    }

    private init(_ bytes: UnsafeRawBufferPointer, file: String, allowsEveryFormat: Bool) {
        // The header is copied into memory; a sparse file could claim a huge one at no cost.
        let header = UnsafeRawBufferPointer(rebasing: bytes.prefix(GGUFLimits.headerByteCount))
        cursor = ByteCursor(header, file: file)
        foreignFormat = ForeignFormat(bytes)
        byteCount = bytes.count
        result = Result(metadata: GGUFMetadata(file: file))
        self.allowsEveryFormat = allowsEveryFormat
    }

    private mutating func parse(
        checking check: (GGUFMetadata) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        result.version = try version()
        // A tensor takes at least a name length, the number of dimensions, one dimension, a type and an offset; a
        // metadata entry at least a key length, a type and one byte.
        let tensorCount = try cursor.count(
            minimumBytes: 8 + 4 + 8 + 4 + 8, atMost: GGUFLimits.tensorCount, "tensor count")
        let metadataCount = try cursor.count(
            minimumBytes: 8 + 4 + 1, atMost: GGUFLimits.keyCount, "metadata count")
        for index in 0..<metadataCount {
            try metadataEntry(index)
        }
        try check(result.metadata)
        try tensorInfos(count: tensorCount, alignment: result.metadata.alignment())
    }

    private mutating func version() throws(CheckpointError) -> UInt32 {
        let magic = try cursor.numbers(count: 4, "file signature", as: UInt8.self)
        guard magic != Array("FUGG".utf8) else { throw bigEndian }
        guard magic == Array("GGUF".utf8) else {
            throw cursor.failure(
                "file signature", expected: "GGUF",
                found: foreignFormat?.advice ?? String(decoding: magic, as: UTF8.self).quoted)
        }
        let version = try cursor.number("version", as: UInt32.self)
        guard version & 0xFFFF != 0 || version == 0 else { throw bigEndian }
        guard version == 2 || version == 3 else {
            throw cursor.failure("GGUF version", expected: "2 or 3", found: "\(version)")
        }
        return version
    }

    private var bigEndian: CheckpointError {
        cursor.failure("byte order", expected: "a little-endian file", found: "a big-endian file")
    }
}
