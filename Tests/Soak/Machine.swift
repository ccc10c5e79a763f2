import LayerSkip

/// A worker's thread pools and compute contexts, each created once.
final class Machine {
    /// The kernel tables to test, with their frequencies: the scalar one is slow.
    private static let tables: [KernelTable] = {
        let vectors = Array(KernelTable.available.dropFirst())
        return Array(KernelTable.available.prefix(1)) + vectors + vectors + vectors
    }()

    private var pools: [Int: ThreadPool] = [:]
    private var contexts: [String: ComputeContext] = [:]

    /// Returns the context for a table and a number of threads.
    func context(_ table: KernelTable, threads: Int) -> ComputeContext {
        let key = "\(table.name) \(threads)"
        if let context = contexts[key] { return context }
        let pool = pools[threads] ?? ThreadPool(threads: threads)
        pools[threads] = pool
        let context = ComputeContext(kernels: table, pool: pool)
        contexts[key] = context
        return context
    }

    /// Chooses a table for a case.
    static func table(isLarge: Bool, _ number: Int) -> KernelTable {
        let choices = isLarge && KernelTable.available.count > 1 ? Array(KernelTable.available.dropFirst()) : tables
        return choices[number % choices.count]
    }
}
