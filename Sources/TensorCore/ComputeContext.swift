/// The kernel table and the pool of threads that operations run on.
///
/// Results depend on the table, never on the number of threads.
public struct ComputeContext: Sendable {
    /// The inner loops.
    public let kernels: KernelTable
    /// The threads that share an operation's rows.
    public let pool: ThreadPool
    /// Where operations take the memory of their results from.
    let memory: StoragePool
    /// The precision of dense products. Training chooses it; inference from packed weights does not use it.
    package let productPrecision: ProductPrecision
    /// The groups of the rows of the operations that are being recorded.
    let recordedGroups = RecordedGroups()
    /// Collects the inputs of products with packed weights; nil except in calibration.
    package var inputSquares: InputSquares?

    /// The default limit of memory kept for reuse: what one chunk of a prompt needs in a model of a billion weights.
    public static let standardRecycledBytes = 48 << 20

    /// A context with the given table and pool.
    ///
    /// - Parameter recycledBytes: the most bytes of results' memory to keep for reuse. Training has large results and
    ///   should keep as much as one step takes, because the system zeroes new memory page by page.
    public init(kernels: KernelTable, pool: ThreadPool, recycledBytes: Int = standardRecycledBytes) {
        self.init(kernels: kernels, pool: pool, recycledBytes: recycledBytes, productPrecision: .f32)
    }

    /// The same, with a choice of the precision of dense products.
    package init(kernels: KernelTable, pool: ThreadPool, recycledBytes: Int, productPrecision: ProductPrecision) {
        self.kernels = kernels
        self.pool = pool
        memory = StoragePool(byteLimit: recycledBytes)
        self.productPrecision = productPrecision
    }

    /// Bytes of recyclable memory that live results occupy.
    package var heldBytes: Int { memory.heldByteCount }

    /// A context with the selected table.
    ///
    /// - Parameters:
    ///   - threads: number of threads; by default one per physical core.
    ///   - recycledBytes: the most bytes of results' memory to keep for reuse.
    /// - Throws: ``KernelTableError`` when `LAYERSKIP_KERNELS` names a table that cannot run here, ``ThreadCountError``
    ///   when `threads` is zero, negative or too large.
    public init(threads: Int? = nil, recycledBytes: Int = standardRecycledBytes) throws {
        try self.init(threads: threads, recycledBytes: recycledBytes, productPrecision: .f32)
    }

    /// The same, with a choice of the precision of dense products.
    package init(threads: Int?, recycledBytes: Int, productPrecision: ProductPrecision) throws {
        let pool = try ThreadPool(checking: threads)
        self.init(
            kernels: try .selected(), pool: pool, recycledBytes: recycledBytes, productPrecision: productPrecision)
    }
}

/// The error for a number of threads that no pool can have.
public struct ThreadCountError: Error, Equatable, CustomStringConvertible {
    /// The number asked for.
    public let found: Int

    /// What was expected, what was found and what to do.
    public var description: String {
        """
        threads: expected 1...\(ThreadPool.maximumThreadCount), found \(found); pass a number in this range, or none \
        for one thread per physical core
        """
    }
}
