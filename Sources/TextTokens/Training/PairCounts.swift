/// The words of a corpus as symbols, and the count of each pair of adjacent symbols, updated as pairs merge.
///
/// A naive trainer recounts everything for each merge. This one visits only the words that contain the pair, and finds
/// the next pair with a heap. Heap entries may be stale, so an entry's count is compared with the current one when it
/// is popped.
struct PairCounts {
    private struct Pair {
        let left: Int32
        let right: Int32
        var count = 0
        /// The words that contain the pair, or did so before.
        var words: [Int32] = []
    }

    /// A candidate for the next merge; the least comes first. That is the most frequent pair and, among equals, the one
    /// with the lowest symbols. Hugging Face's trainer has the same rule, so both learn the same merges.
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

    /// The symbols of all words; each word shrinks within its original range.
    private var symbols: [Int32]
    private var words: [(start: Int, length: Int)] = []
    private let weights: [Int]
    private var numbers = PairTable(minimumCapacity: 1 << 12)
    private var pairs: [Pair] = []
    private var heap = MinimumHeap<Candidate>()

    /// Counts the pairs of a corpus.
    ///
    /// - Parameter symbolOfByte: the initial symbol for each of the 256 bytes.
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

    /// Removes and returns the pair that merges next, with its count; nil if no pair is left.
    mutating func popMostFrequent() -> (left: Int32, right: Int32, count: Int)? {
        while let candidate = heap.popLeast() {
            let count = pairs[Int(candidate.number)].count
            if count == candidate.count { return (candidate.left, candidate.right, count) }
            push(Int(candidate.number))
        }
        return nil
    }

    /// Replaces every occurrence of a pair by one symbol, from left to right.
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

    /// Adds to a pair's count and returns the pair's number.
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
