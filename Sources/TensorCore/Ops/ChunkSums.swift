import CTensorKernels

/// Rows cut into chunks of a fixed size, whatever the number of threads. A chunk has rows of one group.
struct Chunks {
    private let ranges: [Range<Int>]

    private static let size = 32

    init(rows: Int) { self.init(RowGroups(counts: [rows])) }

    init(_ groups: RowGroups) {
        ranges = groups.ranges.flatMap { group in
            stride(from: group.lowerBound, to: group.upperBound, by: Self.size).map {
                $0..<min($0 + Self.size, group.upperBound)
            }
        }
    }

    var count: Int { ranges.count }

    /// The rows of a chunk.
    subscript(index: Int) -> Range<Int> { ranges[index] }

    /// The chunks that a group's rows consist of.
    func chunks(of rows: Range<Int>) -> [Int] { ranges.indices.filter { rows.contains(ranges[$0].lowerBound) } }
}

/// Sums over rows: one sum per chunk, added in order, so that the bits do not depend on threads.
struct ChunkSums {
    /// [chunks, columns]
    private let sums: Tensor
    private let context: ComputeContext

    init(_ chunks: Chunks, columns: Int, on context: ComputeContext) {
        self.context = context
        sums = Tensor(rows: chunks.count, columns: columns, on: context)
        sums.fill(0)
    }

    /// The memory of a chunk's sum.
    func pointer(_ chunk: Int) -> UnsafeMutablePointer<Float> { sums.pointer + chunk * sums.columns }

    /// Writes the sum of some chunks to a tensor [1, columns], or adds it to the tensor's values.
    func total(of chunks: some Sequence<Int>, into result: Tensor, adding: Bool) {
        if !adding { result.fill(0) }
        for chunk in chunks {
            context.kernels.functions.pointee.add(pointer(chunk), sums.columns, result.pointer)
        }
    }
}
