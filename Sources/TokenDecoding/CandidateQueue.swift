/// Candidates in descending order, for those who need only the best few of a vocabulary.
///
/// A heap holds the candidates above a threshold, which is lowered whenever the heap runs empty. So nearly all of a
/// vocabulary is only ever compared with a threshold, and never sorted.
struct CandidateQueue {
    private var heap: [Candidates.Candidate] = []
    private var rest: [Candidates.Candidate]
    private var threshold: Double
    /// In logits; e^4 = 55 times less likely is where the first step ends.
    private var step = 4.0

    init(_ candidates: [Candidates.Candidate]) {
        rest = candidates
        threshold = candidates.reduce(-Double.infinity) { max($0, $1.logit) }
    }

    mutating func popBest() -> Candidates.Candidate? {
        while heap.isEmpty, !rest.isEmpty { lowerThreshold() }
        guard let best = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink(0)
        }
        return best
    }

    private mutating func lowerThreshold() {
        // Doubling the step reaches minus infinity after a thousand times, and any logit on the way.
        threshold -= step
        step *= 2
        heap = rest.filter { $0.logit >= threshold }
        rest.removeAll { $0.logit >= threshold }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    private mutating func sink(_ start: Int) {
        let item = heap[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, Candidates.Candidate.precedes(heap[child + 1], heap[child]) { child += 1 }
            guard Candidates.Candidate.precedes(heap[child], item) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = item
    }
}
