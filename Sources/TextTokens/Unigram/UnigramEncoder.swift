/// Finds the sequence of pieces with the highest sum of scores (the Viterbi algorithm), reusing its memory.
struct UnigramEncoder: Sendable {
    /// The best sequence of pieces that ends at a place of the text.
    private struct Node {
        var score: Double
        /// The length of the sequence's last piece; 0 if no sequence ends here.
        var length: Int32 = 0
        var token: Int32 = 0

        init(score: Double = 0) { self.score = score }

        init(score: Double, length: Int, token: Int) {
            self.score = score
            self.length = Int32(truncatingIfNeeded: length)
            self.token = Int32(truncatingIfNeeded: token)
        }
    }

    private let model: UnigramModel
    private let scores: [Double]
    private var nodes: [Node] = []
    /// The last of the nodes where a sequence ends.
    private var reach = 0
    private var path: [Node] = []
    /// The length of the characters without a piece at the end of the encoded text.
    private var unknownLength = 0

    /// The length of text after which nodes are dropped at the next place that no piece spans.
    private static let enough = 4096
    private static let largestScore: Float = 100_000

    /// - Parameter givesControlTokens: whether pieces of text may become control tokens.
    init(_ model: UnigramModel, givesControlTokens: Bool = false) {
        self.model = model
        scores = givesControlTokens ? model.parsedScores : model.scores
    }

    /// Appends the tokens of a text.
    mutating func append(_ text: Span<UInt8>, to ids: inout [Int32]) {
        let model = model
        start(score: 0)
        var first = 0
        var position = 0
        while position < text.count {
            if position - first >= Self.enough, reach == position - first {
                finish(text, first..<position, &ids)
                start(score: nodes[position - first].score)
                first = position
            }
            let length = UTF8Sequence.decode(text, at: position, end: text.count)?.length ?? 1
            advance(text, from: position, length, first, model)
            position += length
        }
        finish(text, first..<text.count, &ids)
        appendUnknown(text, end: text.count, &ids)
    }

    private mutating func start(score: Double) {
        nodes.removeAll(keepingCapacity: true)
        nodes.append(Node(score: score))
        reach = 0
    }

    /// Continues the best sequence that ends at a position with all pieces that start there.
    ///
    /// - Parameter length: the length of the character at the position.
    @inline(__always)
    private mutating func advance(
        _ text: Span<UInt8>, from start: Int, _ length: Int, _ first: Int, _ model: UnigramModel
    ) {
        let longest = min(max(model.longestPiece, length), text.count - start)
        while nodes.count <= start - first + longest { nodes.append(Node()) }
        if model.style == .sentencePiece { limitScores(from: start - first) }
        let score = nodes[start - first].score
        var hasCharacter = false
        if var node = model.trie.root {
            var end = start
            while end < text.count, model.trie.advance(&node, by: text[end]) {
                end += 1
                guard let token = model.trie.value(at: node), scores[token] > -.infinity else { continue }
                hasCharacter = hasCharacter || end - start == length
                let piece = Node(score: score + scores[token], length: end - start, token: token)
                offer(piece, at: end - first, model.style)
            }
        }
        if !hasCharacter {
            let unknown = Node(score: score + model.unknownScore, length: length, token: Int(model.unknown))
            offer(unknown, at: start + length - first, model.style)
        }
    }

    /// Subtracts the score at a place from it and all later ones if it is large, as SentencePiece does to keep the
    /// precision of long sums.
    @inline(__always)
    private mutating func limitScores(from place: Int) {
        let score = Float(nodes[place].score)
        guard abs(score) > Self.largestScore else { return }
        for index in place...reach where index == place || nodes[index].length > 0 {
            nodes[index].score = Double(Float(nodes[index].score) - score)
        }
    }

    /// Keeps a sequence that ends at a place, as its last piece and its score, if it is better than the one there.
    @inline(__always)
    private mutating func offer(_ node: Node, at place: Int, _ style: UnigramModel.Style) {
        var node = node
        if style == .sentencePiece { node.score = Double(Float(node.score)) }
        if nodes[place].length == 0 || node.score > nodes[place].score { nodes[place] = node }
        reach = max(reach, place)
    }

    /// Appends the tokens of the best sequence for a range.
    private mutating func finish(_ text: Span<UInt8>, _ range: Range<Int>, _ ids: inout [Int32]) {
        path.removeAll(keepingCapacity: true)
        var place = range.count
        while place > 0 {
            path.append(nodes[place])
            place -= Int(nodes[place].length)
        }
        var position = range.lowerBound
        for node in path.reversed() {
            if node.token == model.unknown {
                unknownLength += Int(node.length)
            } else {
                appendUnknown(text, end: position, &ids)
                ids.append(node.token)
            }
            position += Int(node.length)
        }
    }

    /// Appends what encodes the characters without a piece before a position: the tokens of their bytes, or one unknown
    /// token.
    private mutating func appendUnknown(_ text: Span<UInt8>, end: Int, _ ids: inout [Int32]) {
        guard unknownLength > 0 else { return }
        let part = text.extracting(end - unknownLength..<end)
        unknownLength = 0
        let count = ids.count
        for offset in part.indices {
            let token = model.byteTokens[Int(part[offset])]
            guard token >= 0 else {
                ids.removeSubrange(count...)
                ids.append(model.unknown)
                return
            }
            ids.append(token)
        }
    }
}
