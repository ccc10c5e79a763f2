import CTensorKernels

/// The pairing of a head's coordinates that RoPE rotates together.
package enum RoPEPairing: Sendable {
    /// 2i and 2i + 1, as in the RoPE paper and in GGUF files of the architectures `llama`, `smollm3` and `granite`.
    case interleaved
    /// i and i + dimensionCount / 2, as in Hugging Face's checkpoints and in GGUF files of other architectures.
    case halfSplit

    /// The pairing in the C tables.
    var kernelPairing: Int32 { Int32(self == .interleaved ? CTK_INTERLEAVED : CTK_HALF_SPLIT) }
}

/// RoPE: pair i of a head at position p is rotated by the angle p * frequency[i].
///
/// Su et al., "RoFormer" (arXiv 2104.09864), eq. 34. The model owns it; attention applies it.
package final class RotaryEmbedding: Sendable {
    /// The pairing of coordinates.
    package let pairing: RoPEPairing
    /// The first coordinates of each head that rotate; the others stay as they are (GPT-NeoX, arXiv 2204.06745,
    /// section 2.1).
    package let dimensionCount: Int
    private let angles: RotaryAngles
    private let longAngles: (shortContext: Int, angles: RotaryAngles)?

    /// Creates a rotation of `2 * frequencies.count` coordinates of each head.
    ///
    /// - Parameters:
    ///   - frequencies: radians per position, one per pair.
    ///   - magnitude: the factor of cosines and sines.
    ///   - long: other frequencies for texts that may have more than `shortContext` positions.
    package init(
        pairing: RoPEPairing, frequencies: [Float], magnitude: Float = 1,
        long: (shortContext: Int, frequencies: [Float])? = nil
    ) {
        precondition(long == nil || long?.frequencies.count == frequencies.count, "as many frequencies for long texts")
        self.pairing = pairing
        dimensionCount = 2 * frequencies.count
        angles = RotaryAngles(frequencies: frequencies, magnitude: magnitude)
        longAngles = long.map { ($0.shortContext, RotaryAngles(frequencies: $0.frequencies, magnitude: magnitude)) }
    }

    /// The angles of a text that may have `context` positions. They are the same for all positions of a text, so that
    /// stored keys stay valid as it grows.
    private func angles(forContext context: Int) -> RotaryAngles {
        guard let longAngles, context > longAngles.shortContext else { return angles }
        return longAngles.angles
    }

    /// Cosines, then sines, of each position from `first` on: [count, dimensionCount].
    ///
    /// - Parameter context: the most positions that the text may have.
    func angles(first: Int, count: Int, context: Int, on compute: ComputeContext) -> Tensor {
        let result = Tensor(rows: count, columns: dimensionCount, on: compute)
        angles(forContext: context).fill(result.pointer, first: first, count: count)
        return result
    }

    /// Cosines, then sines, of the positions of sequences, each of which may have as many positions as it has rows, and
    /// the row of each of their positions in them.
    func angles(of segments: RowSegments, on compute: ComputeContext) -> (values: Tensor, rows: [Int32]) {
        let longest = segments.longest
        guard let longAngles, longest > longAngles.shortContext else {
            return (angles(first: 0, count: longest, context: longest, on: compute), segments.positions)
        }
        // Those of short sequences, then those of long ones.
        let result = Tensor(rows: 2 * longest, columns: dimensionCount, on: compute)
        angles.fill(result.pointer, first: 0, count: longest)
        longAngles.angles.fill(result.pointer + longest * dimensionCount, first: 0, count: longest)
        var rows = segments.positions
        for (start, length) in zip(segments.starts, segments.lengths) where length > longAngles.shortContext {
            for row in start..<start + length { rows[row] += Int32(longest) }
        }
        return (result, rows)
    }

    /// Cosines, then sines, of the position of each row of a batch: [rows, dimensionCount].
    func angles(of texts: Span<CachedRows>, on compute: ComputeContext) -> Tensor {
        var rows = 0
        for index in texts.indices { rows += texts[index].count }
        let result = Tensor(rows: rows, columns: dimensionCount, on: compute)
        writeAngles(of: texts, to: result.pointer)
        return result
    }

    /// Writes the same to memory for [rows, dimensionCount].
    func writeAngles(of texts: Span<CachedRows>, to address: UnsafeMutablePointer<Float>) {
        var next = address
        for index in texts.indices {
            let text = texts[index]
            angles(forContext: text.context).fill(next, first: text.first, count: text.count)
            next += text.count * dimensionCount
        }
    }
}

extension ComputeContext {
    /// Rotates each row of `x` ([n, heads * headDimension]) by the angles of position `first` + its index in its
    /// sequence.
    ///
    /// - Parameter length: rows per sequence; by default all rows of x are one sequence.
    package func rotated(
        _ x: Tensor, by rotary: RotaryEmbedding, headDimension: Int, first: Int = 0, length: Int? = nil
    ) -> Tensor {
        let length = length ?? x.rows
        let angles = rotary.angles(first: first, count: min(length, x.rows), context: first + length, on: self)
        return rotated(x, by: angles, rotary.pairing, headDimension: headDimension) { $0 % length }
    }

    /// Rotates each row of `x` by the angles of its position in its sequence. With LongRoPE, a sequence's frequencies
    /// are those for its own length.
    package func rotated(
        _ x: Tensor, by rotary: RotaryEmbedding, headDimension: Int, segments: RowSegments
    ) -> Tensor {
        precondition(x.rows == segments.rowCount, "rows of whole sequences")
        let (angles, rows) = rotary.angles(of: segments, on: self)
        return rotated(x, by: angles, rotary.pairing, headDimension: headDimension) { Int(rows[$0]) }
    }

    /// - Parameters:
    ///   - angles: cosines, then sines, of positions.
    ///   - index: the row of `angles` for a row of `x`.
    private func rotated(
        _ x: Tensor, by angles: Tensor, _ pairing: RoPEPairing, headDimension: Int, index: @escaping (Int) -> Int
    ) -> Tensor {
        precondition(angles.columns <= headDimension && x.columns % headDimension == 0, "whole heads with all pairs")
        let result = copy(x)
        rotate(result, by: angles, index, headDimension: headDimension, pairing)
        guard let input = x.node else { return result }
        return result.recorded(from: [x], on: self) { gradient in
            // The transpose of a rotation, magnitude included, is the rotation by the opposite angle.
            let opposite = copy(angles)
            let pairs = opposite.columns / 2
            for row in 0..<opposite.rows {
                let sines = opposite.pointer + row * opposite.columns + pairs
                for pair in 0..<pairs { sines[pair] = -sines[pair] }
            }
            rotate(gradient, by: opposite, index, headDimension: headDimension, pairing)
            input.receive(gradient)
        }
    }

    /// Rotates rows in place by the angles of their indices in their sequences.
    private func rotate(
        _ x: Tensor, by angles: Tensor, _ index: (Int) -> Int, headDimension: Int, _ pairing: RoPEPairing
    ) {
        let rotated = angles.columns
        pool.run(count: x.rows, grain: 16) { rows in
            for row in rows {
                let cosines = angles.pointer + index(row) * rotated
                kernels.functions.pointee.rotate(
                    x.pointer + row * x.columns, x.columns / headDimension, headDimension, rotated, cosines,
                    cosines + rotated / 2, pairing.kernelPairing)
            }
        }
    }
}
