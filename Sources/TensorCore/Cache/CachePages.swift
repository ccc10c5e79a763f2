import CTensorKernels

/// Positions per page of a cache. Pages begin at multiples of it, and attention handles each page separately.
package let cachePagePositions = CTK_PAGE_POSITIONS

/// The memory of one text's cache: pages of 256 consecutive positions' keys and values.
///
/// A page holds the keys of head 0, its values, the keys of head 1, and so on. Attention therefore reads memory from
/// front to back, which is fastest in DRAM (Documentation/Kernels.md). Kernels define the order within a head. The
/// pages of all layers for the same positions lie in one block, which is large enough for huge memory pages.
///
/// It is a class so that the rows of several texts in one batch can refer to their pages. One thread uses it at a time.
package final class CachePages: @unchecked Sendable {
    package let shape: AttentionShape
    package let format: CacheFormat
    private let layerCount: Int
    private let layout: PageLayout
    private let pool: CachePagePool
    private var blocks: [Storage] = []
    /// The address of each block, which threads read without reference counting; room for `addressCapacity` of them.
    private var addresses: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private var addressCapacity = 16

    /// Creates a cache without pages.
    ///
    /// - Parameter pool: where pages are taken from and returned to; by default a new pool.
    package init(
        _ shape: AttentionShape, format: CacheFormat, layerCount: Int, pool: CachePagePool = CachePagePool()
    ) {
        self.shape = shape
        self.format = format
        self.layerCount = layerCount
        self.pool = pool
        layout = PageLayout(shape, format)
        addresses = .allocate(capacity: addressCapacity)
    }

    deinit {
        pool.giveBack(blocks)
        addresses.deallocate()
    }

    /// Bytes of all pages.
    package var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }

    /// The number of positions that fit.
    package var capacity: Int { blocks.count * cachePagePositions }

    /// Makes room for positions 0..<count in every layer, with undefined contents.
    package func reserve(_ count: Int) {
        while capacity < count { append(pool.take(byteCount: layerCount * layout.pageBytes)) }
    }

    /// Returns a copy of all pages.
    package func copy() -> CachePages {
        let copy = CachePages(shape, format: format, layerCount: layerCount, pool: pool)
        copy.reserve(capacity)
        for (source, target) in zip(blocks, copy.blocks) {
            target.address.copyMemory(from: source.address, byteCount: source.byteCount)
        }
        return copy
    }

    private func append(_ block: Storage) {
        if blocks.count == addressCapacity {
            let larger = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: 2 * addressCapacity)
            larger.update(from: addresses, count: addressCapacity)
            addresses.deallocate()
            addresses = larger
            addressCapacity *= 2
        }
        addresses[blocks.count] = block.address
        blocks.append(block)
    }

    /// One layer's pages as addresses, valid until the next ``reserve(_:)``.
    func pages(layer: Int) -> LayerPages {
        LayerPages(blocks: UnsafePointer(addresses), offset: layer * layout.pageBytes, layout: layout)
    }

    /// One position's keys and values of all heads, in f32; for tests and tools.
    package func keysAndValues(layer: Int, position: Int) -> [Float] {
        let (page, index) = position.quotientAndRemainder(dividingBy: cachePagePositions)
        let (kind, size) = (Int32(format.kernelFormat), shape.headDimension)
        let pages = pages(layer: layer)
        return (0..<shape.keyValueHeads).flatMap { head in
            (0..<size).map {
                ctk_cache_element(kind, pages.keys(page, head: head), ctk_key_offset(index, size, $0))
            }
                + (0..<size).map { ctk_cache_element(kind, pages.values(page, head: head), index * size + $0) }
        }
    }
}

/// The layout of a page.
struct PageLayout {
    /// Bytes of one head's keys, or of its values.
    let headBytes: Int
    let keyValueHeads: Int

    init(_ shape: AttentionShape, _ format: CacheFormat) {
        headBytes = cachePagePositions * shape.headDimension * format.byteCount
        keyValueHeads = shape.keyValueHeads
    }

    var pageBytes: Int { 2 * keyValueHeads * headBytes }
}

/// One layer's pages as addresses.
struct LayerPages: @unchecked Sendable {
    fileprivate let blocks: UnsafePointer<UnsafeMutableRawPointer>
    fileprivate let offset: Int
    fileprivate let layout: PageLayout

    func keys(_ page: Int, head: Int) -> UnsafeMutableRawPointer {
        blocks[page] + offset + head * 2 * layout.headBytes
    }

    func values(_ page: Int, head: Int) -> UnsafeMutableRawPointer {
        keys(page, head: head) + layout.headBytes
    }

    /// The pages of the layer that is `layers` later.
    func moved(by layers: Int) -> LayerPages {
        LayerPages(blocks: blocks, offset: offset + layers * layout.pageBytes, layout: layout)
    }
}
