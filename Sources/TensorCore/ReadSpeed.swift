import CTensorKernels

/// How fast a context's threads read memory together: the ceiling of decoding, which reads every weight for every
/// token.
///
/// It drifts within minutes, so it is to be measured in the same seconds as what is compared with it.
public struct ReadSpeed: Sendable {
    private let storage: Storage
    private let compute: ComputeContext

    /// Takes a block of memory as large as what it stands for, since it may fit into a cache, up to 256 MiB, which fit
    /// into none.
    public init(ofBytes byteCount: Int, on compute: ComputeContext) {
        storage = Storage(byteCount: min(max(byteCount, Self.chunk), 256 << 20) / Self.chunk * Self.chunk)
        self.compute = compute
        // Pages that nobody has written are all one and the same.
        let memory = storage
        compute.pool.run(count: storage.byteCount / Self.chunk, grain: 1) { chunks in
            for chunk in chunks {
                (memory.address + chunk * Self.chunk).initializeMemory(
                    as: UInt8.self, repeating: 1, count: Self.chunk)
            }
        }
    }

    /// Reads the block from end to end once or, where that is done too soon to be timed, several times.
    ///
    /// - Returns: bytes per second.
    public func measure() -> Double {
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
