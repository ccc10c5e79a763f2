import CTensorKernels
import Synchronization

/// A pool of memory for operations' results; a block is reused as soon as nothing else refers to it.
///
/// Each result takes one block, and the hundreds of operations of a token need only a few blocks at a time. So once the
/// pool is warm, decoding allocates nothing on the heap: neither blocks nor the objects that own them.
final class StoragePool: Sendable {
    private let blocks: Mutex<Blocks>

    /// Creates a pool that keeps at most `byteLimit` bytes.
    init(byteLimit: Int) {
        // A block is free when its reference count says so. The thread sanitizer cannot see that, and would report each
        // reuse of a block as a race with the first use.
        blocks = Mutex(Blocks(byteLimit: ctk_has_thread_sanitizer() ? 0 : byteLimit))
    }

    /// Returns memory of at least `byteCount` bytes, with undefined contents.
    func take(byteCount: Int) -> Storage { blocks.withLock { $0.take(byteCount) } }

    /// Bytes of all blocks, in use or not.
    var byteCount: Int { blocks.withLock { $0.byteCount } }

    /// Bytes of the blocks in use.
    var heldByteCount: Int { blocks.withLock { $0.heldByteCount } }
}

private struct Blocks {
    private let byteLimit: Int
    /// In ascending order of size.
    private var all: [Storage] = []
    private(set) var byteCount = 0

    init(byteLimit: Int) { self.byteLimit = byteLimit }

    /// Requests up to half of this size may use any block up to this size.
    private static let smallByteCount = 1 << 20

    mutating func take(_ byteCount: Int) -> Storage {
        // Takes the smallest free block, so that large ones stay free for large results. A block is free if the pool's
        // reference is the only one: the owner of the last other reference no longer used the memory when releasing it.
        var index = firstIndex(holding: byteCount)
        let end = all.endIndex
        // A small result must not take a large block: if the result is kept for its gradient, the whole block is.
        let largest = max(2 * byteCount, Self.smallByteCount)
        while index < end && all[index].byteCount <= largest {
            if isKnownUniquelyReferenced(&all[index]) { return all[index] }
            index += 1
        }
        return add(Storage(byteCount: byteCount))
    }

    /// Bytes of the blocks in use.
    var heldByteCount: Int {
        mutating get {
            all.indices.reduce(0) { $0 + (isKnownUniquelyReferenced(&all[$1]) ? 0 : all[$1].byteCount) }
        }
    }

    private mutating func add(_ block: Storage) -> Storage {
        if byteCount + block.byteCount > byteLimit { giveBack() }
        if byteCount + block.byteCount <= byteLimit {
            all.insert(block, at: firstIndex(holding: block.byteCount))
            byteCount += block.byteCount
        }
        return block
    }

    /// Returns all free blocks to the heap.
    private mutating func giveBack() {
        for index in all.indices.reversed() where isKnownUniquelyReferenced(&all[index]) {
            byteCount -= all.remove(at: index).byteCount
        }
    }

    private func firstIndex(holding byteCount: Int) -> Int {
        all.firstIndex { $0.byteCount >= byteCount } ?? all.endIndex
    }
}
