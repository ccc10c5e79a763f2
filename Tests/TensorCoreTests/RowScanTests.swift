import TensorCore
import Testing
import CLibc

/// The scans of logits that sampling uses, on every table.
@Suite("Row scans")
struct RowScanTests {
    private static let lengths = Array(1...35) + [63, 64, 65, 127, 128, 129, 200, 1000]

    /// Random values, rounded so that many are equal, and some removed.
    private func row(_ length: Int, seed: UInt64) -> Tensor {
        let values = randomValues(length, seed: seed).enumerated().map { index, value in
            index % 7 == 3 ? -.infinity : (4 * value).rounded() / 4
        }
        return Tensor(values, rows: 1, columns: length)
    }

    @Test(arguments: KernelTable.available) func maximum(table: KernelTable) {
        let context = ComputeContext.with(table)
        for length in Self.lengths {
            let x = row(length, seed: UInt64(length))
            #expect(context.maximum(x) == x.values.max())
            for index in 0..<length {
                var values = [Float](repeating: -.infinity, count: length)
                #expect(context.maximum(Tensor(values, rows: 1, columns: length)) == -.infinity)
                values[index] = -3e38
                #expect(context.maximum(Tensor(values, rows: 1, columns: length)) == -3e38)
            }
        }
    }

    @Test(arguments: KernelTable.available) func columnsAtLeast(table: KernelTable) {
        let context = ComputeContext.with(table)
        for length in Self.lengths {
            let x = row(length, seed: UInt64(length))
            for floor in [-.infinity, -.greatestFiniteMagnitude, -1, -0.0, 0.25, 0.250_001, 100] as [Float] {
                var columns: [Int] = []
                context.forEachColumn(of: x, atLeast: floor) { column, value in
                    columns.append(column)
                    #expect(value == x.values[column])
                }
                #expect(columns == x.values.indices.filter { x.values[$0] >= floor })
            }
        }
    }

    @Test(arguments: KernelTable.available, [1e-38, 0.01, 0.8, 1, 1e6, 3e38] as [Float])
    func exponentialSum(table: KernelTable, temperature: Float) {
        let context = ComputeContext.with(table)
        for length in Self.lengths {
            let x = row(length, seed: UInt64(length))
            let maximum = Double(context.maximum(x))
            let expected = x.values.reduce(0) { $0 + exp((Double($1) - maximum) / Double(temperature)) }
            let found = context.exponentialSum(x, maximum: Float(maximum), temperature: temperature)
            #expect(abs(found - expected) < 2e-6 * expected, "\(length)")
        }
    }

    @Test func removing() {
        let x = Tensor([1, 2, 3, 4], rows: 1, columns: 4)
        #expect(ComputeContext.scalar.removing([2, 0, 2], from: x).values == [-.infinity, 2, -.infinity, 4])
        #expect(x.values == [1, 2, 3, 4])
    }
}
