import CLibc

extension Candidates {
    /// Keeps the best candidates, best first, as long as `wantsMore` returns true for their number and the sum of their
    /// weights.
    ///
    /// Builds a heap in place and pops the best few, which then lie behind it, the best last.
    mutating func keepBest(while wantsMore: (_ count: Int, _ weight: Double) -> Bool) {
        for index in stride(from: all.count / 2 - 1, through: 0, by: -1) { sink(index, in: all.count) }
        var heapCount = all.count
        var weight = 0.0
        while heapCount > 0, wantsMore(all.count - heapCount, weight) {
            heapCount -= 1
            all.swapAt(0, heapCount)
            sink(0, in: heapCount)
            weight += exp(all[heapCount].logit)
        }
        all.removeFirst(heapCount)
        all.reverse()
    }

    /// Moves the candidate at `start` down to its place in the heap of the first `count` candidates.
    private mutating func sink(_ start: Int, in count: Int) {
        guard start < count else { return }
        let item = all[start]
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < count else { break }
            if child + 1 < count, Candidate.precedes(all[child + 1], all[child]) { child += 1 }
            guard Candidate.precedes(all[child], item) else { break }
            all[hole] = all[child]
            hole = child
        }
        all[hole] = item
    }
}
