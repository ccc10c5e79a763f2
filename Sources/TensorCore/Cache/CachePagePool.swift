import Synchronization

/// Where caches take their pages from, and where pages go when their text ends, so that the next text uses them again.
///
/// Caches that one engine steps share a pool. It keeps free pages as long as it lives.
public final class CachePagePool: Sendable {
    private let free = Mutex<[Storage]>([])

    /// A pool without pages.
    public init() {}

    /// Bytes of the pages that no cache uses now.
    public var freeByteCount: Int { free.withLock { $0.reduce(0) { $0 + $1.byteCount } } }

    /// A page of exactly so many bytes, with undefined contents: a free one where there is one.
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
