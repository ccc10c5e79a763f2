/// A heap of candidates: the best few of a vocabulary come out in order, without sorting all of it.
struct CandidateHeap {
    private var items: [Candidates.Candidate]

    init(_ candidates: [Candidates.Candidate]) {
        items = candidates
        for index in stride(from: items.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    mutating func popBest() -> Candidates.Candidate? {
        guard let best = items.first else { return nil }
        let last = items.removeLast()
        if !items.isEmpty {
            items[0] = last
            sink(0)
        }
        return best
    }

    private mutating func sink(_ start: Int) {
        let item = items[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < items.count else { break }
            if child + 1 < items.count, Candidates.Candidate.precedes(items[child + 1], items[child]) { child += 1 }
            guard Candidates.Candidate.precedes(items[child], item) else { break }
            items[hole] = items[child]
            hole = child
        }
        items[hole] = item
    }
}
