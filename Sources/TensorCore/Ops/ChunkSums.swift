import CTensorKernels

/// Rows cut into chunks of a fixed size, whatever the number of threads.
struct Chunks {
    let rows: Int

    private static let size = 32

    var count: Int { (rows + Self.size - 1) / Self.size }

    /// The rows of a chunk.
    subscript(index: Int) -> Range<Int> { index * Self.size..<min((index + 1) * Self.size, rows) }
}

/// Sums over rows: one sum per chunk, added in order, so that the bits do not depend on threads.
struct ChunkSums {
    /// [chunks, columns]
    private let sums: Tensor
    private let context: ComputeContext

    init(rows: Int, columns: Int, on context: ComputeContext) {
        self.context = context
        sums = Tensor(rows: Chunks(rows: rows).count, columns: columns, on: context)
        sums.fill(0)
    }

    /// The memory of a chunk's sum.
    func pointer(_ chunk: Int) -> UnsafeMutablePointer<Float> { sums.pointer + chunk * sums.columns }

    /// Writes the sum of all chunks to a tensor [1, columns], or adds it to the tensor's values.
    func total(into result: Tensor, adding: Bool) {
        if !adding { result.fill(0) }
        for chunk in 0..<sums.rows {
            context.kernels.functions.pointee.add(pointer(chunk), sums.columns, result.pointer)
        }
    }
}
