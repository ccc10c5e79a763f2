/// The division of a pass's memory into the intermediate results of its blocks, which all blocks share.
struct BlocksMemory {
    private let rows: Int
    private let width: Int
    private let hiddenWidth: Int
    private let rotated: Int
    private let shape: AttentionShape
    private let layerBytes: Int
    private let preparedBytes: Int
    /// The number of threads with memory of their own.
    private let copies: Int

    /// Whether each thread prepares rows for itself. For so few elements, that takes no longer than waiting for others.
    static func eachThreadPrepares(rows: Int, columns: Int) -> Bool { rows * columns <= 2048 }

    /// - Parameters:
    ///   - rotated: the angles of a row, those of all rotations together.
    ///   - layers: the number of layers of the pass.
    init(
        rows: Int, width: Int, hiddenWidth: Int, rotated: Int, layers: Int, _ shape: AttentionShape,
        forms: (width: ActivationForms, mixed: ActivationForms, hidden: ActivationForms), on context: ComputeContext
    ) {
        self.rows = rows
        self.width = width
        self.hiddenWidth = hiddenWidth
        self.rotated = rotated
        self.shape = shape
        layerBytes = (layers * MemoryLayout<LayerAttention>.stride + 127) / 128 * 128
        let mixedWidth = shape.heads * shape.headDimension
        let mostBytes = max(
            forms.width.byteCount(columns: width, count: rows),
            forms.mixed.byteCount(columns: mixedWidth, count: rows),
            forms.hidden.byteCount(columns: hiddenWidth, count: rows))
        preparedBytes = (mostBytes + 127) / 128 * 128
        let isAnyOwn = Self.eachThreadPrepares(rows: rows, columns: min(width, mixedWidth, hiddenWidth))
        copies = isAnyOwn ? context.pool.threadCount : 1
    }

    /// The places of intermediate results.
    struct Places: @unchecked Sendable {
        /// [rows, width]: the residual stream after attention.
        let middle: UnsafeMutablePointer<Float>
        /// [rows, heads * headDimension]: queries, and results of attention.
        let queries: UnsafeMutablePointer<Float>
        let mixed: UnsafeMutablePointer<Float>
        /// [rows, keyValueHeads * headDimension]
        let keys: UnsafeMutablePointer<Float>
        let values: UnsafeMutablePointer<Float>
        /// [rows, hidden]
        let gate: UnsafeMutablePointer<Float>
        let up: UnsafeMutablePointer<Float>
        /// [rotations, rows, dimensionCount]
        let angles: UnsafeMutablePointer<Float>
        /// What attention needs to know of each layer.
        let layers: UnsafeMutablePointer<LayerAttention>
        /// Rows prepared column by column, by the threads that compute these columns.
        let together: UnsafeMutableRawPointer
        /// For each thread: rows that only it uses. If all threads prepare rows together, they use the first one's.
        fileprivate let own: UnsafeMutableRawPointer
        fileprivate let ownBytes: Int
        fileprivate let normedBytes: Int

        /// A thread's memory for normalized rows, and for rows prepared for products.
        func own(_ member: Int) -> (normed: UnsafeMutablePointer<Float>, prepared: UnsafeMutableRawPointer) {
            let start = own + member * ownBytes
            return (start.assumingMemoryBound(to: Float.self), start + normedBytes)
        }
    }

    private var mixedWidth: Int { shape.heads * shape.headDimension }
    private var keyWidth: Int { shape.keyValueHeads * shape.headDimension }
    private var normedBytes: Int { bytes(width) }
    private var ownBytes: Int { normedBytes + preparedBytes }

    /// Bytes of some columns of all rows, in whole cache lines.
    private func bytes(_ columns: Int) -> Int { (rows * columns * MemoryLayout<Float>.stride + 127) / 128 * 128 }

    /// The bytes of all intermediate results.
    var byteCount: Int {
        bytes(width) + 2 * bytes(mixedWidth) + 2 * bytes(keyWidth) + 2 * bytes(hiddenWidth) + bytes(rotated)
            + layerBytes + preparedBytes + copies * ownBytes
    }

    func places(in storage: Storage) -> Places {
        var next = storage.address
        func take(_ columns: Int) -> UnsafeMutablePointer<Float> {
            defer { next += bytes(columns) }
            return next.assumingMemoryBound(to: Float.self)
        }
        return Places(
            middle: take(width), queries: take(mixedWidth), mixed: take(mixedWidth), keys: take(keyWidth),
            values: take(keyWidth), gate: take(hiddenWidth), up: take(hiddenWidth),
            angles: take(rotated), layers: next.assumingMemoryBound(to: LayerAttention.self),
            together: next + layerBytes, own: next + layerBytes + preparedBytes, ownBytes: ownBytes,
            normedBytes: normedBytes)
    }
}
