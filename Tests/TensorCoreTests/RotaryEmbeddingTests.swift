import Testing

@testable import TensorCore

/// The parts of a rotation that only some models have.
@Suite("Rotary embeddings")
struct RotaryEmbeddingTests {
    /// Coordinates that do not rotate keep their bits, and the others are those of smaller heads.
    @Test(arguments: [RoPEPairing.interleaved, .halfSplit], [(8, 2), (20, 10), (64, 16), (66, 64)])
    func partialRotation(pairing: RoPEPairing, sizes: (head: Int, rotated: Int)) {
        let (size, rotated) = sizes
        let rotary = RotaryEmbedding(
            pairing: pairing, frequencies: (0..<rotated / 2).map { 1 / Float(1 + 3 * $0) }, magnitude: 1.25)
        let x = randomTensor(rows: 10, columns: 3 * size, seed: 8)
        let parts = Tensor(
            (0..<30).flatMap { head in x.values[head * size..<head * size + rotated] }, rows: 10, columns: 3 * rotated)
        for table in KernelTable.available {
            let context = ComputeContext.with(table)
            let whole = context.rotated(x, by: rotary, headDimension: size, first: 250).bits
            let part = context.rotated(parts, by: rotary, headDimension: rotated, first: 250).bits
            for head in 0..<30 {
                let start = head * size
                #expect(whole[start..<start + rotated] == part[head * rotated..<(head + 1) * rotated])
                #expect(whole[start + rotated..<start + size] == x.bits[start + rotated..<start + size])
            }
        }
    }

    /// Cosines and sines are multiplied by the magnitude, so that lengths grow by it at every position.
    @Test(arguments: [RoPEPairing.interleaved, .halfSplit]) func magnitudeScalesPairs(pairing: RoPEPairing) {
        let frequencies = (0..<4).map { 1 / Float(1 + 3 * $0) }
        let x = randomTensor(rows: 10, columns: 24, seed: 8)
        let plain = RotaryEmbedding(pairing: pairing, frequencies: frequencies)
        let larger = RotaryEmbedding(pairing: pairing, frequencies: frequencies, magnitude: 1.2)
        for table in KernelTable.available {
            let context = ComputeContext.with(table)
            let expected = context.rotated(x, by: plain, headDimension: 8, first: 250).values
            let found = context.rotated(x, by: larger, headDimension: 8, first: 250).values
            for (found, expected) in zip(found, expected) { #expect(abs(found - 1.2 * expected) < 1e-6) }
        }
    }

    /// The context of a text, not its present length, decides which frequencies it has from its first position on.
    @Test func contextChoosesFrequencies() {
        let (short, long): ([Float], [Float]) = ([1, 0.1], [0.5, 0.02])
        let rotary = RotaryEmbedding(pairing: .halfSplit, frequencies: short, long: (20, long))
        for (context, frequencies) in [(1, short), (20, short), (21, long), (400, long)] {
            let expected = RotaryEmbedding(pairing: .halfSplit, frequencies: frequencies)
            let compute = ComputeContext.scalar
            for first in [0, 17, 300] {
                let angles = rotary.angles(first: first, count: 5, context: context, on: compute)
                #expect(angles.bits == expected.angles(first: first, count: 5, context: context, on: compute).bits)
            }
        }
    }

    /// Each sequence of a batch is rotated as if it were alone, so short ones keep the frequencies of short texts.
    @Test func aSequencesLengthChoosesItsFrequencies() {
        let rotary = RotaryEmbedding(pairing: .halfSplit, frequencies: [1, 0.1], long: (20, [0.5, 0.02]))
        let compute = ComputeContext.scalar
        let lengths = [3, 21, 20, 1, 40]
        let x = Tensor((0..<85 * 8).map { Float($0 % 13) - 6 }, rows: 85, columns: 8)
        let together = compute.rotated(x, by: rotary, headDimension: 4, segments: RowSegments(lengths: lengths))
        var start = 0
        for length in lengths {
            let rows = start..<start + length
            let alone = compute.rotated(x[rows: rows], by: rotary, headDimension: 4)
            #expect(together[rows: rows].values == alone.values, "\(length) rows")
            start += length
        }
    }
}
