import TensorCore
import Testing

@Suite("Cache pages")
struct CachePagesTests {
    /// A page returns the stored values, rounded to nearest, ties to even.
    @Test(arguments: KernelTable.available, CacheFormat.allCases)
    func pagesKeepWhatIsStored(table: KernelTable, format: CacheFormat) {
        let shape = AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 22)
        var sample = AttentionSample(shape, format, length: 300)
        // Ties between two neighbours of either format, the largest numbers, and F16's subnormals.
        let special: [Float] = [
            1.000_488_3, 1.001_464_8, 1.003_906_2, 1.011_718_8, 65504, 65519, -65519, 6.1e-5, 5.96e-8, 2.98e-8, 3e-8,
            0.25,
        ]
        sample.keys = Tensor(special + sample.keys.values.dropFirst(12), rows: 300, columns: 44)
        sample.values = Tensor(special.reversed() + sample.values.values.dropFirst(12), rows: 300, columns: 44)
        let context = ComputeContext.with(table)
        let pages = sample.pages()
        _ = sample.attended([300], in: pages, on: context)
        let copy = pages.copy()
        // Later changes do not affect a copy.
        _ = AttentionSample(shape, format, length: 300).attended([300], in: pages, on: context)
        for position in 0..<300 {
            let row = position..<position + 1
            let (k, v) = (
                format.rounded(sample.keys[rows: row].values), format.rounded(sample.values[rows: row].values)
            )
            let expected = Array(k[..<22] + v[..<22] + k[22...] + v[22...])
            let found = copy.keysAndValues(layer: 0, position: position)
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "position \(position)")
        }
    }

    /// Layers have separate pages.
    @Test func layersAreApart() {
        let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 4)
        let pages = CachePages(shape, format: .f16, layerCount: 3)
        pages.reserve(257)
        #expect(pages.capacity == 512 && pages.byteCount == 3 * 512 * 2 * 4 * 2)
        let rotary = RotaryEmbedding(pairing: .interleaved, frequencies: [0, 0])
        func row(_ value: Float) -> Tensor { Tensor([Float](repeating: value, count: 4), rows: 1, columns: 4) }
        for layer in 0..<3 {
            let value = row(Float(layer))
            _ = ComputeContext.scalar.attend(
                queries: value, keys: value, values: value, rule: PositionRule(rotary), at: 256, layer: layer, in: pages
            )
        }
        for layer in 0..<3 {
            let expected = [Float](repeating: Float(layer), count: 8)
            #expect(pages.keysAndValues(layer: layer, position: 256) == expected)
        }
    }
}
