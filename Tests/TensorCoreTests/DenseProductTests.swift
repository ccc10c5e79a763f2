import CTensorKernels
import TensorCore
import Testing

/// c (+)= op(a) op(b), compared with f64 sums and with the naive twin's bits.
@Suite("Dense products")
struct DenseProductTests {
    /// The naive twin at shapes around the edges of tiles, blocks of depth and work items.
    @Test(arguments: [false, true]) func naiveTwinIsNearTheExactSums(adding: Bool) {
        for shape in DenseShape.all {
            let sample = DenseSample(shape, .forward)
            let result = sample.multiply(on: .scalar, adding: adding).values
            let error = sample.largestError(of: result, adding: adding)
            if !(error <= 1) { Issue.record("\(shape): \(error) of the bound") }
        }
    }

    /// Tables that multiply bf16 are as near to the exact sums of rounded operands.
    @Test(arguments: KernelTable.available.filter(\.multipliesBF16), DenseForm.allCases)
    func roundedOperandsAreMultiplied(table: KernelTable, form: DenseForm) {
        for shape in DenseShape.all {
            let sample = DenseSample(shape, form)
            let result = sample.multiply(on: .with(table, threads: 2), adding: true, precision: .bf16).values
            let error = sample.largestError(of: result, adding: true, roundsOperands: true)
            if !(error <= 1) { Issue.record("\(shape): \(error) of the bound") }
        }
    }

    /// Tables that do not multiply bf16 use f32.
    @Test(arguments: KernelTable.available.filter { !$0.multipliesBF16 }) func withoutBF16NothingIsRounded(
        table: KernelTable
    ) {
        let sample = DenseSample(DenseShape(), .inputGradient)
        let result = sample.multiply(on: .with(table), adding: false, precision: .bf16)
        #expect(result.bits == sample.multiply(on: .with(table), adding: false).bits)
    }

    /// All tables add in the same order, whatever the tiles, the form and the number of threads.
    @Test(arguments: KernelTable.available) func haveTheTwinsBits(table: KernelTable) {
        for shape in DenseShape.all {
            let samples = DenseForm.allCases.map { DenseSample(shape, $0) }
            for adding in [false, true] {
                let expected = samples[0].multiply(on: .scalar, adding: adding).bits
                for sample in samples {
                    for threads in 1...3 {
                        let result = sample.multiply(on: .with(table, threads: threads), adding: adding).bits
                        if result != expected { Issue.record("\(shape) \(sample.form), \(threads) threads") }
                    }
                }
            }
        }
    }

    /// A product added in place, as when accumulating a gradient, equals one in separate memory.
    @Test(arguments: KernelTable.available, ProductPrecision.allCases)
    func addInPlace(table: KernelTable, precision: ProductPrecision) {
        for shape in DenseShape.all {
            let sample = DenseSample(shape, .forward)
            let sum = Tensor(sample.c.values, rows: shape.m, columns: shape.n)
            sample.multiply(on: .with(table, threads: 2), into: sum, adding: true, precision: precision)
            let expected = sample.multiply(on: .with(table, threads: 2), adding: true, precision: precision)
            if sum.bits != expected.bits { Issue.record("\(shape)") }
        }
    }

    /// bf16 also depends neither on the form nor on the number of threads, nor on other rows and columns.
    @Test(arguments: KernelTable.available, ProductPrecision.allCases)
    func elementsDependOnTheirRowAndColumnAlone(table: KernelTable, precision: ProductPrecision) {
        let shape = DenseShape(m: 31, n: 70, k: 520)
        let whole = DenseSample(shape, .forward).multiply(on: .with(table), adding: false, precision: precision).bits
        for form in DenseForm.allCases {
            let result = DenseSample(shape, form).multiply(
                on: .with(table, threads: 3), adding: false, precision: precision)
            #expect(result.bits == whole)
        }
        let sample = DenseSample(shape, .forward)
        for (rows, columns) in [(0..<1, 0..<1), (17..<18, 0..<70), (3..<31, 69..<70), (10..<23, 7..<48)] {
            let c = Tensor(
                [Float](repeating: 0, count: rows.count * columns.count), rows: rows.count, columns: columns.count)
            ComputeContext.with(table, threads: 2).denseProduct(
                sample.a[rows: rows], transposed: false, sample.b[rows: columns], transposed: true, into: c,
                precision: precision)
            let expected = rows.flatMap { row in columns.map { whole[row * shape.n + $0] } }
            #expect(c.bits == expected, "\(rows) \(columns)")
        }
    }

    /// More rows and columns than are packed at once give the same as several smaller products.
    @Test(arguments: KernelTable.available, ProductPrecision.allCases)
    func largeProductsAreMadeOfSmallOnes(table: KernelTable, precision: ProductPrecision) {
        let context = ComputeContext.with(table, threads: 2)
        func product(_ rows: Tensor, _ columns: Tensor, rowsTransposed: Bool = false) -> Tensor {
            let count = rowsTransposed ? rows.columns : rows.rows
            let zeros = [Float](repeating: 0, count: count * columns.rows)
            let c = Tensor(zeros, rows: count, columns: columns.rows)
            context.denseProduct(
                rows, transposed: rowsTransposed, columns, transposed: true, into: c,
                precision: precision)
            return c
        }
        let (many, few) = (Self.large[rows: 0..<2100], Self.large[rows: 0..<3])
        let tall = product(many, few).bits
        #expect(tall == (0..<3).flatMap { product(many[rows: $0 * 700..<$0 * 700 + 700], few).bits })
        #expect(tall == product(Self.largeTransposed, few, rowsTransposed: true).bits)
        let wide = product(few, Self.large)
        for start in stride(from: 0, to: Self.large.rows, by: 2075) {
            let piece = product(few, Self.large[rows: start..<start + 2075])
            for row in 0..<3 {
                let part = wide[rows: row..<row + 1].bits[start..<start + 2075]
                #expect(Array(part) == piece[rows: row..<row + 1].bits)
            }
        }
    }

    private static let large: Tensor = {
        let values = [Float](unsafeUninitializedCapacity: 8300 * 512) { values, count in
            count = 8300 * 512
            for index in 0..<count { values[index] = Float((index &* 7919) % 2003 - 1001) / 1001 }
        }
        return Tensor(values, rows: 8300, columns: 512)
    }()

    /// The first 2100 rows.
    private static let largeTransposed: Tensor = {
        let rows = large.values
        let values = [Float](unsafeUninitializedCapacity: 512 * 2100) { values, count in
            count = 512 * 2100
            for index in 0..<count { values[index] = rows[index % 2100 * 512 + index / 2100] }
        }
        return Tensor(values, rows: 512, columns: 2100)
    }()

    /// A bad value spoils all sums that include it and no others, and a result that is not added to is not read.
    @Test(arguments: KernelTable.available, ProductPrecision.allCases)
    func badValuesStayBad(table: KernelTable, precision: ProductPrecision) {
        let shape = DenseShape(m: 30, n: 37, k: 19)
        for form in DenseForm.allCases {
            for bad in [Float.nan, .infinity, -.infinity] {
                var sample = DenseSample(shape, form)
                sample.setA(row: 13, depth: 18, bad)
                sample.setB(column: 36, depth: 0, bad)
                let context = ComputeContext.with(table)
                let c = Tensor([Float](repeating: .nan, count: shape.m * shape.n), rows: shape.m, columns: shape.n)
                sample.multiply(on: context, into: c, adding: false, precision: precision)
                for (index, value) in c.values.enumerated() {
                    #expect(value.isFinite == (index / shape.n != 13 && index % shape.n != 36))
                }
                sample.multiply(on: context, into: c, adding: true, precision: precision)
                #expect(c.values[13 * shape.n...13 * shape.n + 36].allSatisfy { !$0.isFinite })
            }
        }
    }
}

extension KernelTable {
    /// Whether the table has an instruction for bf16 products; otherwise it multiplies in f32.
    var multipliesBF16: Bool {
        (0..<ctk_table_count()).contains { index in
            guard let table = ctk_table_at(index), String(cString: table.pointee.name) == name else { return false }
            return table.pointee.dense.1.depths_per_step > 1
        }
    }
}
