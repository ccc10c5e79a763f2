import Synchronization

/// A pool of cache pages: caches take pages from it and return them when their text ends, for reuse by the next text.
///
/// The caches of one engine share a pool. It keeps free pages as long as it lives.
package final class CachePagePool: Sendable {
    private let free = Mutex<[Storage]>([])

    /// Creates a pool without pages.
    package init() {}

    /// Bytes of the pages that no cache uses now.
    package var freeByteCount: Int { free.withLock { $0.reduce(0) { $0 + $1.byteCount } } }

    /// Returns a page of exactly `byteCount` bytes with undefined contents: a free one if there is one, otherwise a new
    /// one.
    func take(byteCount: Int) -> Storage {
        let page = free.withLock { free -> Storage? in
            guard let index = free.lastIndex(where: { $0.byteCount == byteCount }) else { return nil }
            free.swapAt(index, free.count - 1)
            return free.removeLast()
        }
        return page ?? Storage(byteCount: byteCount)
    }

    /// Takes back pages that are no longer read.
    func giveBack(_ pages: [Storage]) { free.withLock { $0 += pages } }
}
