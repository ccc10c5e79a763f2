/// The words of a corpus as symbols, and how often each two symbols are neighbours, kept up to date as pairs merge.
///
/// Where a naive trainer counts everything anew for each merge, this one visits only the words that have the pair, and
/// finds the next pair by a heap. Entries of the heap may be out of date: a pair's count is compared when it comes up.
struct PairCounts {
    private struct Pair {
        let left: Int32
        let right: Int32
        var count = 0
        /// Words that have the pair, or had it.
        var words: [Int32] = []
    }

    /// The pair that merges first is least: the most frequent, and among equals the one with the lowest symbols. (The
    /// same rule as the trainer of Hugging Face's tokenizers, so that both learn the same merges.)
    private struct Candidate: Comparable {
        let count: Int
        let left: Int32
        let right: Int32
        let number: Int32

        static func < (a: Candidate, b: Candidate) -> Bool {
            if a.count != b.count { return a.count > b.count }
            return a.left != b.left ? a.left < b.left : a.right < b.right
        }
    }

    /// The symbols of all words; each word shrinks within the place that it had at first.
    private var symbols: [Int32]
    private var words: [(start: Int, length: Int)] = []
    private let weights: [Int]
    private var numbers = PairTable(minimumCapacity: 1 << 12)
    private var pairs: [Pair] = []
    private var heap = MinimumHeap<Candidate>()

    /// Counts the pairs of a corpus.
    ///
    /// - Parameter symbolOfByte: 256 symbols, with which words begin.
    init(_ corpus: WordCounts, symbolOfByte: [Int32]) {
        symbols = corpus.words.bytes.map { symbolOfByte[Int($0)] }
        let pieces = WordPieces(corpus)
        weights = pieces.all.map(\.count)
        for (word, piece) in pieces.all.enumerated() {
            words.append((piece.range.lowerBound, piece.range.count))
            for place in piece.range.dropLast() {
                _ = change(symbols[place], symbols[place + 1], by: piece.count, in: word)
            }
        }
        for number in pairs.indices { push(number) }
    }

    /// Takes out the pair that merges next, with its count; nil where there is no pair.
    mutating func popMostFrequent() -> (left: Int32, right: Int32, count: Int)? {
        while let candidate = heap.popLeast() {
            let count = pairs[Int(candidate.number)].count
            if count == candidate.count { return (candidate.left, candidate.right, count) }
            push(Int(candidate.number))
        }
        return nil
    }

    /// Replaces a pair by one symbol wherever its two are neighbours, from left to right.
    mutating func merge(_ left: Int32, _ right: Int32, into merged: Int32) {
        let number = Int(numbers.find(left, right).merged)
        let affected = pairs[number].words
        pairs[number].words = []
        var raised: Set<Int> = []
        for word in affected { merge(left, right, into: merged, word: Int(word), &raised) }
        pairs[number].count = 0
        for number in raised { push(number) }
    }

    private mutating func merge(
        _ left: Int32, _ right: Int32, into merged: Int32, word: Int, _ raised: inout Set<Int>
    ) {
        let (start, length) = words[word]
        let end = start + length
        let weight = weights[word]
        var read = start
        var write = start
        while read < end {
            guard symbols[read] == left, read + 1 < end, symbols[read + 1] == right else {
                symbols[write] = symbols[read]
                read += 1
                write += 1
                continue
            }
            if write > start {
                let before = symbols[write - 1]
                _ = change(before, left, by: -weight, in: word)
                raised.insert(change(before, merged, by: weight, in: word))
            }
            read += 2
            if read < end {
                _ = change(right, symbols[read], by: -weight, in: word)
                raised.insert(change(merged, symbols[read], by: weight, in: word))
            }
            symbols[write] = merged
            write += 1
        }
        words[word].length = write - start
    }

    /// Counts a pair more or less often; returns its number.
    private mutating func change(_ left: Int32, _ right: Int32, by amount: Int, in word: Int) -> Int {
        var number = Int(numbers.find(left, right).merged)
        if number < 0 {
            number = pairs.count
            numbers.insert(left, right, rank: 0, merged: Int32(number))
            pairs.append(Pair(left: left, right: right))
        }
        pairs[number].count += amount
        if amount > 0, pairs[number].words.last != Int32(word) { pairs[number].words.append(Int32(word)) }
        return number
    }

    private mutating func push(_ number: Int) {
        let pair = pairs[number]
        guard pair.count > 0 else { return }
        heap.push(Candidate(count: pair.count, left: pair.left, right: pair.right, number: Int32(number)))
    }
}
