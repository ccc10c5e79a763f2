import TensorCore

/// The division of all parameters' elements among processes: each owns a contiguous part, the same to within 16,384
/// elements, of the elements of all parameters in order. It adds the gradients of its part, keeps its moments, and
/// updates it.
struct GradientShards: Sendable {
    /// For each process the part of each parameter; empty if it owns none of the parameter.
    let ranges: [[Range<Int>]]

    init(_ counts: [Int], processes: Int) {
        let size = Parameter.elementsPerSum
        let chunks = counts.map { ($0 + size - 1) / size }
        let total = chunks.reduce(0, +)
        ranges = (0..<processes).map { process in
            let own = total * process / processes..<total * (process + 1) / processes
            var first = 0
            return zip(counts, chunks).map { count, chunks in
                defer { first += chunks }
                let part = own.clamped(to: first..<first + chunks)
                if part.isEmpty { return 0..<0 }
                return (part.lowerBound - first) * size..<min(count, (part.upperBound - first) * size)
            }
        }
    }

    /// A range of a parameter's elements.
    struct Piece: Sendable, Equatable {
        let parameter: Int
        let elements: Range<Int>
    }

    /// A process's pieces in buckets of at most `limit` elements, which travel together.
    func buckets(of process: Int, limit: Int) -> [[Piece]] {
        var buckets: [[Piece]] = []
        var room = 0
        for (parameter, range) in ranges[process].enumerated() {
            var start = range.lowerBound
            while start < range.upperBound {
                if room == 0 {
                    buckets.append([])
                    room = limit
                }
                let end = min(range.upperBound, start + room)
                buckets[buckets.count - 1].append(Piece(parameter: parameter, elements: start..<end))
                room -= end - start
                start = end
            }
        }
        return buckets
    }
}
