import CheckpointFiles
import TestSupport

/// Importance matrices, in GGUF and in the older format.
enum ImportanceTarget: FuzzTarget {
    static let name = "importance"

    static func seeds() throws -> [[UInt8]] {
        let folder = TemporaryFolder()
        let path = folder.file("seed.gguf")
        let matrix = ImportanceMatrix(
            sums: ["blk.0.attn_q.weight": ([1, 2, 0], 4), "output.weight": ([3], 0)], dataset: "text", chunkSize: 2)
        try matrix.write(to: path)
        return [try contents(path), older]
    }

    /// Two entries, the number of chunks and a dataset.
    private static var older: [UInt8] {
        var sink = ByteSink()
        func append(_ text: String) {
            sink.append(Int32(text.utf8.count))
            sink.append(raw: Array(text.utf8))
        }
        sink.append(Int32(2))
        for (name, calls) in [("blk.0.attn_q.weight", 2), ("output.weight", 0)] as [(String, Int32)] {
            append(name)
            sink.append(calls)
            sink.append(Int32(3))
            for value in [1, 0.5, 0] as [Float] { sink.append(value) }
        }
        sink.append(Int32(7))
        append("text")
        return sink.bytes
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let matrix = try ImportanceMatrix(path: folder.write(input, as: "in"))
        let path = folder.file("again.gguf")
        try matrix.write(to: path)
        let again = try ImportanceMatrix(path: path)
        require(again.names == matrix.names, "\(again.names)")
        for name in matrix.names {
            guard let importance = matrix[name] else { fatalError("\(name) has no importance") }
            require(importance.allSatisfy { $0.isFinite && $0 > 0 }, "positive numbers")
            // Counts of tokens are stored in F32.
            let isSame = zip(again[name] ?? [], importance).allSatisfy { abs($0 - $1) <= 1e-6 * $1 }
            require(isSame && again[name]?.count == importance.count, "the same numbers again")
        }
    }
}
