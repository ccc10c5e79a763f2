import TensorCore
import Testing

@Suite("Attention")
struct AttentionTests {
    /// Groups of 1, 3 and 4 heads against f64, on both sides of each border between vectors, runs and pages.
    @Test(arguments: CacheFormat.allCases, [2, 8, 16, 20, 64, 80])
    func isNearTheExactValue(format: CacheFormat, headDimension: Int) {
        for (heads, keyValueHeads) in [(2, 2), (3, 1), (8, 2)] {
            let shape = AttentionShape(heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension)
            expectExact(AttentionSample(shape, format, length: 300), rows: [0, 14, 15, 16, 63, 64, 254, 255, 256, 299])
        }
    }

    /// Enough pages that errors in their order or weights show.
    @Test(arguments: CacheFormat.allCases) func longContextsAreNearTheExactValue(format: CacheFormat) {
        let shape = AttentionShape(heads: 3, keyValueHeads: 1, headDimension: 8)
        expectExact(AttentionSample(shape, format, length: 1100), rows: [511, 512, 767, 1099])
    }

    /// Windows within a page, at its borders and beyond them, for rows on both sides of the borders between pages.
    @Test(arguments: CacheFormat.allCases, [1, 5, 200, 256, 300, 600]) func windowsHideEarlierPositions(
        format: CacheFormat, window: Int
    ) {
        let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 20)
        let rows = [0, 4, 5, 199, 200, 255, 256, 257, 260, 300, 455, 456, 511, 512, 513, 517, 569]
        expectExact(AttentionSample(shape, format, length: 570, window: window), rows: rows)
    }

    /// Positions before the window have no influence, not even if they are NaN.
    @Test(arguments: KernelTable.available, [1, 5, 200, 256, 300])
    func hiddenPositionsAreNotRead(table: KernelTable, window: Int) {
        let shape = AttentionShape(heads: 2, keyValueHeads: 1, headDimension: 8)
        let sample = AttentionSample(shape, .f32, length: 570, window: window)
        let whole = sample.attended([570], on: .with(table))
        for place in [\AttentionSample.keys, \.values] {
            var damaged = sample
            var elements = sample[keyPath: place].values
            for position in 0..<(570 - window) { elements[position * 8] = .nan }
            damaged[keyPath: place] = Tensor(elements, rows: 570, columns: 8)
            let result = damaged.attended([570], on: .with(table))
            #expect(result[rows: 569..<570].bits == whole[rows: 569..<570].bits)
            #expect(result[rows: 568..<569].values.contains { $0.isNaN })
        }
    }

    private func expectExact(_ sample: AttentionSample, rows: [Int]) {
        let expected = sample.exact(rows)
        for table in KernelTable.available {
            let result = sample.attended([sample.queries.rows], on: .with(table, threads: 2))
            for (row, expected) in zip(rows, expected) {
                let errors = zip(result[rows: row..<row + 1].values, expected).map { (Double($0) - $1).magnitude }
                #expect((errors.max() ?? 1) < 2e-6, "\(table), \(sample.shape), row \(row)")
            }
        }
    }

    /// Rows together or separately, in any chunks, with any number of threads; vector tables also agree bit for bit.
    @Test(arguments: CacheFormat.allCases, [4, 20, 64, 80])
    func companyDoesNotMatter(format: CacheFormat, headDimension: Int) {
        let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: headDimension)
        let sample = AttentionSample(shape, format, length: 300)
        var vectorResults: Set<[UInt32]> = []
        for table in KernelTable.available {
            let whole = sample.attended([300], on: .with(table)).bits
            for chunks in [[1, 299], [255, 1, 1, 43], [100, 100, 100], [256, 44], [17, 3, 240, 40]] {
                #expect(sample.attended(chunks, on: .with(table)).bits == whole, "\(table) \(chunks)")
            }
            let ones = Array(repeating: 1, count: 300)
            // With two threads, heads that share keys stay in one item; with three they do not.
            for threads in [2, 3] {
                let context = ComputeContext.with(table, threads: threads)
                #expect(sample.attended(ones, on: context).bits == whole, "\(table), row by row, \(threads) threads")
                for chunks in [[300], [282, 9, 9]] {
                    let bits = sample.attended(chunks, on: context).bits
                    #expect(bits == whole, "\(table) \(chunks), \(threads) threads")
                }
            }
            if table.name != "scalar" { vectorResults.insert(whole) }
        }
        #expect(vectorResults.count <= 1)
    }

    /// The same with windows.
    @Test(arguments: KernelTable.available, [1, 5, 200, 256, 300])
    func companyDoesNotMatterInWindows(table: KernelTable, window: Int) {
        let shape = AttentionShape(heads: 6, keyValueHeads: 2, headDimension: 12)
        let sample = AttentionSample(shape, .f16, length: 570, window: window)
        let whole = sample.attended([570], on: .with(table)).bits
        for threads in [2, 3] {
            let context = ComputeContext.with(table, threads: threads)
            for chunks in [[570], [255, 1, 1, 313], [100, 156, 256, 58], [17, 3, 480, 70]] {
                #expect(sample.attended(chunks, on: context).bits == whole, "\(chunks), \(threads) threads")
            }
        }
        let ones = Array(repeating: 1, count: 570)
        #expect(sample.attended(ones, on: .with(table)).bits == whole, "row by row")
    }

    /// A context so long that rows are processed in blocks, to limit the memory for parts.
    @Test(arguments: [nil, 5, 300, 1000]) func blocksOfRowsDoNotMatter(window: Int?) {
        let sample = AttentionSample(
            AttentionShape(heads: 4, keyValueHeads: 2, headDimension: 64), .f16, length: 9 * 256 + 128, window: window)
        let context = ComputeContext.with(KernelTable.available[KernelTable.available.count - 1], threads: 2)
        let whole = sample.attended([sample.queries.rows], on: context).bits
        #expect(sample.attended(Array(repeating: 64, count: sample.queries.rows / 64), on: context).bits == whole)
    }

    /// A visible key or value that is NaN, infinite or beyond the format's range spoils its own and later positions,
    /// and no earlier one. An infinite key must not become a weight of zero.
    @Test(arguments: KernelTable.available, CacheFormat.allCases)
    func badValuesStayBad(table: KernelTable, format: CacheFormat) {
        let context = ComputeContext.with(table)
        let shape = AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 20)
        var badValues: [Float] = [.nan, .infinity, -.infinity]
        if format == .f16 { badValues += [65520, -65520, 1e30] }
        if format == .bf16 { badValues += [.greatestFiniteMagnitude] }
        for bad in badValues {
            for position in [0, 16, 255, 256, 299] {
                for place in [\AttentionSample.keys, \.values] {
                    var sample = AttentionSample(shape, format, length: 300)
                    var elements = sample[keyPath: place].values
                    elements[position * 20 + 5] = bad
                    sample[keyPath: place] = Tensor(elements, rows: 300, columns: 20)
                    let result = sample.attended([300], on: context)
                    for row in 0..<300 {
                        let isFinite = result[rows: row..<row + 1].values.allSatisfy { $0.isFinite }
                        #expect(isFinite == (row < position), "\(bad) at \(position), row \(row)")
                    }
                }
            }
        }
    }

    /// Scores so large that e^x overflows or vanishes still give valid weights.
    @Test(arguments: KernelTable.available, CacheFormat.allCases)
    func largeScores(table: KernelTable, format: CacheFormat) {
        var sample = AttentionSample(
            AttentionShape(heads: 1, keyValueHeads: 1, headDimension: 2), format, length: 4)
        sample.queries = Tensor([0, 0, 0, 0, 0, 0, 1e4, 0], rows: 4, columns: 2)
        sample.keys = Tensor([1e4, 0, -1e4, 0, 1e4, 0, 0, 0], rows: 4, columns: 2)
        sample.values = Tensor([1, 2, 3, 4, 5, 6, 7, 8], rows: 4, columns: 2)
        #expect(sample.attended([4], on: .with(table))[rows: 3..<4].values == [3, 4])
    }
}
