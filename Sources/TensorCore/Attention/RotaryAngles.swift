import CLibc
import Synchronization

/// Cosines and sines of the angles of positions, in pages of positions that are computed on first use.
final class RotaryAngles: Sendable {
    private let frequencies: [Float]
    private let magnitude: Double
    private let pages = Mutex<[Storage]>([])

    /// - Parameters:
    ///   - frequencies: radians per position, one per pair.
    ///   - magnitude: the factor of cosines and sines.
    init(frequencies: [Float], magnitude: Float) {
        self.frequencies = frequencies
        self.magnitude = Double(magnitude)
    }

    /// Writes the cosines, then the sines, of each position from `first` on: [count, 2 * pairs].
    func fill(_ rows: UnsafeMutablePointer<Float>, first: Int, count: Int) {
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
                next[pair] = Float(magnitude * cos(angle))
                next[pairs + pair] = Float(magnitude * sin(angle))
            }
            next += 2 * pairs
        }
        return storage
    }
}
