import CTensorKernels
import TensorCore
import Testing

@Suite("Reading memory")
struct ReadSpeedTests {
    /// The result depends on every byte, so that no compiler may skip a read.
    @Test(arguments: [0, 256, 1024, 65536]) func everyWordIsRead(count: Int) {
        let random = CounterRandom(seed: 1)
        let words = (0..<count / 8).map { random[UInt64($0)] }
        let folded = words.withUnsafeBytes { ctk_read($0.baseAddress, count) }
        #expect(folded == words.reduce(0, ^))
    }

    /// Any size gives a plausible speed, even one smaller or larger than the block that is read.
    @Test(arguments: [0, 100_000, 1 << 30]) func speedsAreThoseOfMemory(byteCount: Int) {
        let compute = ComputeContext(kernels: KernelTable.available[0], pool: ThreadPool(threads: 2))
        let speed = ReadSpeed(ofBytes: byteCount, on: compute).measure()
        // No machine reads memory more slowly than a disk, or faster than a terabyte per second and core.
        #expect(speed > 1e8 && speed < 2e12)
    }
}
