import CTensorKernels

/// The speed at which a context's threads read memory together. It is the upper bound of decoding speed, because
/// decoding reads every weight for every token.
///
/// Memory speed drifts within minutes, so measure it within seconds of what it is compared with.
package struct ReadSpeed: Sendable {
    private let storage: Storage
    private let compute: ComputeContext

    /// Allocates a block as large as the data it represents, because small data may fit into a cache. The limit is 256
    /// MiB, which fits into no cache.
    package init(ofBytes byteCount: Int, on compute: ComputeContext) {
        storage = Storage(byteCount: min(max(byteCount, Self.chunk), 256 << 20) / Self.chunk * Self.chunk)
        self.compute = compute
        // The system maps all pages that were never written to the same page.
        let memory = storage
        compute.pool.run(count: storage.byteCount / Self.chunk, grain: 1) { chunks in
            for chunk in chunks {
                (memory.address + chunk * Self.chunk).initializeMemory(
                    as: UInt8.self, repeating: 1, count: Self.chunk)
            }
        }
    }

    /// Reads the block from end to end, repeatedly until the time is long enough to measure.
    ///
    /// - Returns: bytes per second.
    package func measure() -> Double {
        let memory = storage
        var passes = 0
        let stopwatch = Stopwatch()
        repeat {
            compute.pool.run(count: storage.byteCount / Self.chunk, grain: 1) { chunks in
                for chunk in chunks { _ = ctk_read(memory.address + chunk * Self.chunk, Self.chunk) }
            }
            passes += 1
        } while stopwatch.seconds < Self.shortestMeasurement
        return Double(passes * storage.byteCount) / stopwatch.seconds
    }

    private static let chunk = 1 << 16
    private static let shortestMeasurement = 0.01
}
