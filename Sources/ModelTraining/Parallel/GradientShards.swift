import TensorCore

/// The division of all parameters' elements among processes. Each owns a range of every parameter: it adds the gradients
/// of its part, keeps its moments, and updates it.
///
/// Since every parameter is divided, all processes can exchange the gradients of a parameter as soon as it has some.
struct GradientShards: Sendable {
    /// For each process the part of each parameter; empty if it owns none of the parameter.
    let ranges: [[Range<Int>]]

    init(_ counts: [Int], processes: Int) {
        let size = Parameter.elementsPerSum
        let chunks = counts.map { ($0 + size - 1) / size }
        // The processes that have one chunk more than others alternate, so that all have about as many.
        let chunksBefore = chunks.indices.map { chunks[..<$0].reduce(0, +) }
        ranges = (0..<processes).map { process in
            counts.indices.map { index in
                func limit(_ process: Int) -> Int {
                    let chunk = (chunks[index] * process + chunksBefore[index] % processes) / processes
                    return min(counts[index], chunk * size)
                }
                return limit(process)..<limit(process + 1)
            }
        }
    }

    /// A range of a parameter's elements.
    struct Piece: Sendable, Equatable {
        let parameter: Int
        let elements: Range<Int>
    }

    /// Pieces that travel together.
    struct Bucket: Sendable {
        /// Each process's own pieces.
        let pieces: [[Piece]]
        /// The parameters that they belong to.
        let parameters: [Int]
    }

    /// Buckets of at most `limit` elements of each process.
    ///
    /// - Parameter order: all parameters, in the order in which they travel.
    func buckets(_ order: [Int], limit: Int) -> [Bucket] {
        let pieces = ranges.map { Self.divide($0, order, limit: limit) }
        return (0..<(pieces.map(\.count).max() ?? 0)).map { bucket in
            let pieces = pieces.map { bucket < $0.count ? $0[bucket] : [] }
            let parameters = Set(pieces.joined().map(\.parameter))
            return Bucket(pieces: pieces, parameters: order.filter(parameters.contains))
        }
    }

    private static func divide(_ ranges: [Range<Int>], _ order: [Int], limit: Int) -> [[Piece]] {
        var buckets: [[Piece]] = []
        var room = 0
        for parameter in order {
            var start = ranges[parameter].lowerBound
            while start < ranges[parameter].upperBound {
                if room == 0 {
                    buckets.append([])
                    room = limit
                }
                let end = min(ranges[parameter].upperBound, start + room)
                buckets[buckets.count - 1].append(Piece(parameter: parameter, elements: start..<end))
                room -= end - start
                start = end
            }
        }
        return buckets
    }
}
