import CTensorKernels

/// Positions per page of a cache; pages begin at multiples of it, and are attended to apart.
package let cachePagePositions = CTK_PAGE_POSITIONS

/// The memory of a cache: pages of 256 consecutive positions' keys and values.
///
/// A page holds the keys of head 0, its values, the keys of head 1, and so on: attention then reads memory from front
/// to back, which DRAM rewards (Documentation/Kernels.md). The order within a head is the kernels'. The pages of all
/// layers for the same positions lie in one block, which is large enough for huge memory pages.
package struct CachePages: Sendable {
    package let shape: AttentionShape
    package let format: CacheFormat
    private let layerCount: Int
    private var blocks: [Storage] = []
    /// Where each block begins, for threads to read without counting references.
    private var addresses: [SendablePointer] = []

    /// No pages yet.
    package init(_ shape: AttentionShape, format: CacheFormat, layerCount: Int) {
        self.shape = shape
        self.format = format
        self.layerCount = layerCount
    }

    /// Bytes of all pages.
    package var byteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } }

    /// Positions that there is room for.
    package var capacity: Int { blocks.count * cachePagePositions }

    /// Makes room for positions 0..<count in every layer, with undefined contents.
    package mutating func reserve(_ count: Int) {
        while capacity < count { append(Storage(byteCount: layerCount * layout.pageBytes)) }
    }

    /// A copy of all bytes.
    package func copy() -> CachePages {
        var copy = CachePages(shape, format: format, layerCount: layerCount)
        for block in blocks {
            let storage = Storage(byteCount: block.byteCount)
            storage.address.copyMemory(from: block.address, byteCount: block.byteCount)
            copy.append(storage)
        }
        return copy
    }

    private mutating func append(_ block: Storage) {
        blocks.append(block)
        addresses.append(SendablePointer(block.address))
    }

    /// Lends one layer's pages, for the time of one call.
    func withPages<Result>(layer: Int, _ body: (LayerPages) -> Result) -> Result {
        addresses.withUnsafeBufferPointer { addresses in
            body(LayerPages(blocks: addresses, offset: layer * layout.pageBytes, layout: layout))
        }
    }

    private var layout: PageLayout { PageLayout(shape, format) }

    /// One position's keys and values of all heads, in f32; for tests and tools.
    package func keysAndValues(layer: Int, position: Int) -> [Float] {
        let (page, index) = position.quotientAndRemainder(dividingBy: cachePagePositions)
        let (kind, size) = (Int32(format.kernelFormat), shape.headDimension)
        return withPages(layer: layer) { pages in
            (0..<shape.keyValueHeads).flatMap { head in
                (0..<size).map {
                    ctk_cache_element(kind, pages.keys(page, head: head), ctk_key_offset(index, size, $0))
                }
                    + (0..<size).map { ctk_cache_element(kind, pages.values(page, head: head), index * size + $0) }
            }
        }
    }
}

/// Where things lie in a page.
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
    fileprivate let blocks: UnsafeBufferPointer<SendablePointer>
    fileprivate let offset: Int
    fileprivate let layout: PageLayout

    func keys(_ page: Int, head: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(mutating: blocks[page].address) + offset + head * 2 * layout.headBytes
    }

    func values(_ page: Int, head: Int) -> UnsafeMutableRawPointer {
        keys(page, head: head) + layout.headBytes
    }
}
