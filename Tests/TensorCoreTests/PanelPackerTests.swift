import TestSupport
import Testing

@testable import TensorCore

@Suite("Packing rows that arrive piece by piece")
struct PanelPackerTests {
    @Test(arguments: DType.allCases) func piecesDoNotMatter(dtype: DType) {
        for table in KernelTable.available {
            let context = ComputeContext.with(table, threads: 2)
            let matrix = FileMatrix(random: dtype, rows: 53, columns: dtype.columns(atLeast: 96), seed: 3)
            let whole = matrix.packed(on: context)
            let row = matrix.bytes.count / 53
            for pieces in [[1, 16, 20, 15, 1], [33, 20], [52, 1], [7, 7, 7, 32]] {
                var packer = PanelPacker(whole.layout, on: context)
                var start = 0
                for piece in pieces {
                    Array(matrix.bytes[start * row..<(start + piece) * row]).withUnsafeBytes { packer.append($0) }
                    start += piece
                }
                let packed = packer.finish()
                #expect(packed.bytes == whole.bytes, "\(table) \(pieces)")
            }
        }
    }

    /// A fingerprint is the same in every run, and differs between formats.
    @Test func fingerprintsTellLayoutsApart() {
        for table in KernelTable.available {
            let prints = DType.allCases.map {
                PanelLayout($0, rows: 5, columns: $0.columns(atLeast: 96), for: table).fingerprint
            }
            #expect(Set(prints).count == DType.allCases.count)
            let again = DType.allCases.map {
                PanelLayout($0, rows: 99, columns: $0.columns(atLeast: 32), for: table).fingerprint
            }
            #expect(again == prints)
        }
    }
}

extension PackedMatrix {
    fileprivate var bytes: [UInt8] { withPanels { $0.withUnsafeBytes { Array($0) } } }
}
