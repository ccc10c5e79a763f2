import CTensorKernels
import Testing

@testable import TensorCore

extension Trait where Self == ConditionTrait {
    /// Disables tests of counts under the thread sanitizer, where a pool keeps nothing.
    static var keptResultsAreCounted: Self { .disabled(if: ctk_has_thread_sanitizer()) }
}

@Suite("Storage pool", .keptResultsAreCounted)
struct StoragePoolTests {
    private let limit = 32 << 20

    @Test func freeBlocksAreUsedAgain() {
        let pool = StoragePool(byteLimit: limit)
        let addresses = Set((0..<1000).map { _ in pool.take(byteCount: 1000).address })
        #expect(addresses.count == 1 && pool.byteCount == 1000)
    }

    @Test func blocksInUseAreNot() {
        let pool = StoragePool(byteLimit: limit)
        var held = (0..<10).map { _ in pool.take(byteCount: 64) }
        #expect(Set(held.map(\.address)).count == 10)
        let last = held.removeLast()
        #expect(pool.take(byteCount: 64) !== last)
    }

    @Test func partsOfTensorsHoldTheirBlocks() {
        let context = ComputeContext.scalar
        let zeros = Tensor([0, 0, 0, 0], rows: 2, columns: 2)
        let nines = Tensor([9, 9, 9, 9], rows: 2, columns: 2)
        let part = context.add(Tensor([1, 2, 3, 4], rows: 2, columns: 2), zeros)[rows: 1..<2]
        for _ in 0..<10 { #expect(context.add(nines, zeros).values == nines.values) }
        #expect(part.values == [3, 4])
    }

    @Test func smallestThatIsLargeEnough() {
        let pool = StoragePool(byteLimit: limit)
        var blocks = [3000, 1000, 2000].map { pool.take(byteCount: $0) }
        blocks.removeAll()
        for (asked, given) in [(1, 1000), (1000, 1000), (1001, 2000), (2500, 3000)] {
            #expect(pool.take(byteCount: asked).byteCount == given)
        }
        let small = pool.take(byteCount: 10)
        #expect(pool.take(byteCount: 10).byteCount == 2000 && small.byteCount == 1000)
        #expect(pool.byteCount == 6000)
    }

    /// A small result must not occupy a large block.
    @Test func largeBlocksAreForLargeResults() {
        let pool = StoragePool(byteLimit: limit)
        let size = 4 << 20
        do { _ = pool.take(byteCount: size) }
        #expect(pool.take(byteCount: size / 2 - 1).byteCount == size / 2 - 1)
        #expect(pool.take(byteCount: size / 2 + 1).byteCount == size)
    }

    /// Free blocks are released before the pool exceeds its limit; a block above the limit is not kept.
    @Test func isBounded() {
        let pool = StoragePool(byteLimit: limit)
        let quarter = limit / 4
        var blocks = (0..<6).map { _ in pool.take(byteCount: quarter) }
        #expect(pool.byteCount == limit)
        blocks.removeLast(4)
        _ = pool.take(byteCount: quarter + 1)
        #expect(pool.byteCount == 3 * quarter + 1)
        blocks.removeAll()
        _ = pool.take(byteCount: limit + 1)
        #expect(pool.byteCount == 0)
    }

    /// Two threads never hold the same block at once.
    @Test func threads() {
        let pool = StoragePool(byteLimit: limit)
        ThreadPool(threads: 4).run(count: 4, grain: 1) { threads in
            for thread in threads {
                for size in 1...5000 {
                    let storage = pool.take(byteCount: 8 * (1 + size % 50))
                    storage.elements(Int.self)[0] = thread
                    let other = pool.take(byteCount: 8)
                    other.elements(Int.self)[0] = -1
                    #expect(storage.elements(Int.self)[0] == thread)
                    withExtendedLifetime((storage, other)) {}
                }
            }
        }
        // At most as many blocks of each size as were in use at once.
        #expect(pool.byteCount <= 4 * 2 * (1...50).reduce(0) { $0 + 8 * $1 })
    }
}
