/// Reads the part of a GGUF file before the tensors' data, in the order in which it lies there.
///
///     magic, version, tensor count, metadata count | metadata | tensor infos | padding | data
struct GGUFParser {
    struct Result {
        var version: UInt32 = 0
        var metadata: GGUFMetadata
        var tensors: [GGUFTensorInfo] = []
        var indices: [String: Int] = [:]
    }

    var cursor: ByteCursor
    /// How many bytes the file has.
    let byteCount: Int
    var result: Result
    /// How many more elements the arrays may have.
    var elementsLeft = GGUFLimits.elementCount

    init(_ bytes: UnsafeRawBufferPointer, file: String) {
        // What precedes the data is copied into memory; a sparse file may claim much of it at no cost.
        let header = UnsafeRawBufferPointer(rebasing: bytes.prefix(GGUFLimits.headerByteCount))
        cursor = ByteCursor(header, file: file)
        byteCount = bytes.count
        result = Result(metadata: GGUFMetadata(file: file))
    }

    mutating func parse() throws(CheckpointError) {
        result.version = try version()
        // A tensor has at least a name's length, the number of dimensions, one of them, a type and an offset; a
        // metadata entry at least a key's length, a type and one byte.
        let tensorCount = try cursor.count(
            minimumBytes: 8 + 4 + 8 + 4 + 8, atMost: GGUFLimits.tensorCount, "tensor count")
        let metadataCount = try cursor.count(
            minimumBytes: 8 + 4 + 1, atMost: GGUFLimits.keyCount, "metadata count")
        for index in 0..<metadataCount {
            try metadataEntry(index)
        }
        try tensorInfos(count: tensorCount, alignment: result.metadata.alignment())
    }

    private mutating func version() throws(CheckpointError) -> UInt32 {
        let magic = try cursor.numbers(count: 4, "file signature", as: UInt8.self)
        guard magic != Array("FUGG".utf8) else { throw bigEndian }
        guard magic == Array("GGUF".utf8) else {
            throw cursor.failure(
                "file signature", expected: "GGUF", found: String(decoding: magic, as: UTF8.self).quoted)
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
