import CTensorKernels
import Synchronization
import CLibc

/// The pairing of a head's coordinates that RoPE rotates together.
package enum RoPEPairing: Sendable {
    /// 2i and 2i + 1, as in the RoPE paper and in GGUF files of architecture `llama`.
    case interleaved
    /// i and i + headDimension / 2, as in Hugging Face's checkpoints.
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
    /// Radians per position, one per pair.
    package let frequencies: [Float]
    /// Cosines and sines in pages of positions; a page is computed on first use.
    private let pages = Mutex<[Storage]>([])

    /// Creates a rotation with headDimension / 2 frequencies.
    package init(pairing: RoPEPairing, frequencies: [Float]) {
        self.pairing = pairing
        self.frequencies = frequencies
    }

    /// Cosines, then sines, of each position from `first` on: [count, headDimension].
    func angles(first: Int, count: Int, on context: ComputeContext) -> Tensor {
        let result = Tensor(rows: count, columns: 2 * frequencies.count, on: context)
        fill(result.pointer, first: first, count: count)
        return result
    }

    /// Cosines, then sines, of the position of each row of a batch: [rows, headDimension].
    func angles(of texts: Span<CachedRows>, on context: ComputeContext) -> Tensor {
        var rows = 0
        for index in texts.indices { rows += texts[index].count }
        let result = Tensor(rows: rows, columns: 2 * frequencies.count, on: context)
        var next = result.pointer
        for index in texts.indices {
            let text = texts[index]
            fill(next, first: text.first, count: text.count)
            next += text.count * result.columns
        }
        return result
    }

    private func fill(_ rows: UnsafeMutablePointer<Float>, first: Int, count: Int) {
        let width = 2 * frequencies.count
        pages.withLock { pages in
            while pages.count * cachePagePositions < first + count { pages.append(makePage(pages.count)) }
            for row in 0..<count {
                let (page, index) = (first + row).quotientAndRemainder(dividingBy: cachePagePositions)
                (rows + row * width).update(from: pages[page].elements() + index * width, count: width)
            }
        }
    }

    /// Computes the page of positions [256 k, 256 (k + 1)).
    private func makePage(_ index: Int) -> Storage {
        let pairs = frequencies.count
        let storage = Storage(byteCount: cachePagePositions * pairs * 2 * MemoryLayout<Float>.stride)
        var next = storage.elements(Float.self)
        for position in index * cachePagePositions..<(index + 1) * cachePagePositions {
            for (pair, frequency) in frequencies.enumerated() {
                // The product is rounded to f32 first, as in the models' own training code; the rest is exact.
                let angle = Double(Float(position) * frequency)
                next[pair] = Float(cos(angle))
                next[pairs + pair] = Float(sin(angle))
            }
            next += 2 * pairs
        }
        return storage
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
        precondition(
            rotary.frequencies.count * 2 == headDimension && x.columns % headDimension == 0, "one frequency per pair")
        let length = length ?? x.rows
        let angles = rotary.angles(first: first, count: min(length, x.rows), on: self)
        let result = copy(x)
        rotate(result, by: angles, length: length, rotary.pairing)
        guard let input = x.node else { return result }
        return result.recorded(from: [x], on: self) { gradient in
            // The inverse of a rotation, which is also its transpose, rotates by the opposite angle.
            let opposite = copy(angles)
            for row in 0..<opposite.rows {
                let sines = opposite.pointer + row * headDimension + headDimension / 2
                for pair in 0..<headDimension / 2 { sines[pair] = -sines[pair] }
            }
            rotate(gradient, by: opposite, length: length, rotary.pairing)
            input.receive(gradient)
        }
    }

    /// Rotates rows in place by the angles of their indices in their sequences.
    private func rotate(_ x: Tensor, by angles: Tensor, length: Int, _ pairing: RoPEPairing) {
        let headDimension = angles.columns
        pool.run(count: x.rows, grain: 16) { rows in
            for row in rows {
                let cosines = angles.pointer + row % length * headDimension
                kernels.functions.pointee.rotate(
                    x.pointer + row * x.columns, x.columns / headDimension, headDimension, cosines,
                    cosines + headDimension / 2, pairing.kernelPairing)
            }
        }
    }
}
