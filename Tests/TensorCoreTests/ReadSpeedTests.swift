import CTensorKernels
import TensorCore
import Testing

@Suite("Reading memory")
struct ReadSpeedTests {
    /// Every byte counts, so that no compiler may leave one out.
    @Test(arguments: [0, 256, 1024, 65536]) func everyWordIsRead(count: Int) {
        let random = CounterRandom(seed: 1)
        let words = (0..<count / 8).map { random[UInt64($0)] }
        let folded = words.withUnsafeBytes { ctk_read($0.baseAddress, count) }
        #expect(folded == words.reduce(0, ^))
    }

    /// The time does not depend on what the block stands for, which may be smaller or larger than what is read.
    @Test(arguments: [0, 100_000, 1 << 30]) func speedsAreThoseOfMemory(byteCount: Int) {
        let compute = ComputeContext(kernels: KernelTable.available[0], pool: ThreadPool(threads: 2))
        let speed = ReadSpeed(ofBytes: byteCount, on: compute).measure()
        // No machine reads more slowly than a disk, or faster than a terabyte a second and core.
        #expect(speed > 1e8 && speed < 2e12)
    }
}
