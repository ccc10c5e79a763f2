/// What operations run on: a kernel table and a pool of threads.
///
/// Results depend on the table, never on the number of threads.
public struct ComputeContext: Sendable {
    /// The inner loops.
    public let kernels: KernelTable
    /// The threads that share an operation's rows.
    public let pool: ThreadPool
    /// Where operations take the memory of their results from.
    let memory: StoragePool
    /// In what precision dense products meet: training's choice, which inference from packed weights does not ask.
    package let productPrecision: ProductPrecision

    /// What decoding keeps for results to come: what a chunk of a prompt takes in a model of a billion weights.
    public static let standardRecycledBytes = 32 << 20

    /// A context with the given table and pool.
    ///
    /// - Parameter recycledBytes: the most bytes of results' memory that are kept for results to come. Training, whose
    ///   results are large, wants what a step takes: new memory has to be zeroed by the system page by page.
    public init(kernels: KernelTable, pool: ThreadPool, recycledBytes: Int = standardRecycledBytes) {
        self.init(kernels: kernels, pool: pool, recycledBytes: recycledBytes, productPrecision: .f32)
    }

    /// The same, with a choice of the precision in which dense products meet.
    package init(kernels: KernelTable, pool: ThreadPool, recycledBytes: Int, productPrecision: ProductPrecision) {
        self.kernels = kernels
        self.pool = pool
        memory = StoragePool(byteLimit: recycledBytes)
        self.productPrecision = productPrecision
    }

    /// Bytes of results that are alive, of those whose memory is kept for results to come.
    package var heldBytes: Int { memory.heldByteCount }

    /// A context with the selected table.
    ///
    /// - Parameters:
    ///   - threads: number of threads; by default one per physical core.
    ///   - recycledBytes: the most bytes of results' memory that are kept for results to come.
    /// - Throws: ``KernelTableError`` when `LAYERSKIP_KERNELS` names a table that cannot run here, ``ThreadCountError``
    ///   when there are to be no threads or too many.
    public init(threads: Int? = nil, recycledBytes: Int = standardRecycledBytes) throws {
        try self.init(threads: threads, recycledBytes: recycledBytes, productPrecision: .f32)
    }

    /// The same, with a choice of the precision in which dense products meet.
    package init(threads: Int?, recycledBytes: Int, productPrecision: ProductPrecision) throws {
        let limits = 1...ThreadPool.maximumThreadCount
        let threads = threads ?? min(physicalCoreCount(), limits.upperBound)
        guard limits.contains(threads) else { throw ThreadCountError(found: threads) }
        self.init(
            kernels: try .selected(), pool: ThreadPool(threads: threads), recycledBytes: recycledBytes,
            productPrecision: productPrecision)
    }
}

/// A number of threads that no pool can have.
public struct ThreadCountError: Error, Equatable, CustomStringConvertible {
    /// The number asked for.
    public let found: Int

    /// What was expected and what was found.
    public var description: String { "threads: expected 1...\(ThreadPool.maximumThreadCount), found \(found)" }
}
