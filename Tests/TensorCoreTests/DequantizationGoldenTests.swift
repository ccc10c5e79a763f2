import TensorCore
import TestSupport
import Testing

@Suite("Blocks as the gguf package reads them")
struct DequantizationGoldenTests {
    /// All bits of all values; see the goldens' README.
    @Test(arguments: DType.allCases.filter(\.isQuantized)) func valuesAreTheSame(dtype: DType) throws {
        let blocks = try Goldens.bytes("dequantization/\(dtype.rawValue).blocks")
        let hashes = try Goldens.bytes("dequantization/\(dtype.rawValue).fnv1a")
        let count = blocks.count / dtype.bytesPerBlock
        #expect(count >= 16 && hashes.count == 8 * count && blocks.count == count * dtype.bytesPerBlock)
        let values = blocks.withUnsafeBytes { dtype.dequantize($0, columns: count * dtype.elementsPerBlock) }
        for block in 0..<count {
            let bytes = values[block * dtype.elementsPerBlock..<(block + 1) * dtype.elementsPerBlock].flatMap { value in
                withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
            let hash = hashes[8 * block..<8 * block + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            #expect(Self.hash(bytes) == hash, "block \(block)")
        }
    }

    /// 64-bit FNV-1a.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
