import CTensorKernels
import Synchronization

/// Memory for results of operations, used again as soon as nothing else refers to it.
///
/// An operation takes a block a result, and a token's hundreds of operations need only a few blocks at a time. So, once
/// warm, decoding asks the heap for nothing: not for a block, and not for the object that stands for it.
final class StoragePool: Sendable {
    private let blocks: Mutex<Blocks>

    /// A pool that holds on to at most so many bytes.
    init(byteLimit: Int) {
        // A reference count tells this pool that a block is free. The thread sanitizer does not see it, and would take
        // each second use of a block for a race with the first.
        blocks = Mutex(Blocks(byteLimit: ctk_has_thread_sanitizer() ? 0 : byteLimit))
    }

    /// Memory of at least so many bytes, with undefined contents.
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

    /// Where this little is asked for, any block will do.
    private static let smallByteCount = 1 << 20

    mutating func take(_ byteCount: Int) -> Storage {
        // The smallest free block, so that large ones stay free for what needs them. A block is free where the pool's
        // reference is the only one; whoever gave up the last other one had done with the memory before.
        var index = firstIndex(holding: byteCount)
        let end = all.endIndex
        // Nor should a small result lie in a large block: one that is kept for its gradient would keep all of it.
        let largest = max(2 * byteCount, Self.smallByteCount)
        while index < end && all[index].byteCount <= largest {
            if isKnownUniquelyReferenced(&all[index]) { return all[index] }
            index += 1
        }
        return add(Storage(byteCount: byteCount))
    }

    /// Bytes of the blocks that something else refers to.
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
