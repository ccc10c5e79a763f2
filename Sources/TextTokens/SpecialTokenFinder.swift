/// Finds tokens that are matched whole, before a text is cut into words, in one pass over it.
struct SpecialTokenFinder: Sendable {
    /// A part of a text: a special token, or text between them.
    enum Part: Equatable {
        case token(Int32)
        case text(Range<Int>)
    }

    private struct Match {
        var token: Int32
        var range: Range<Int>
    }

    private let rule: WholeTokenRule
    /// A trie over bytes: nodes are numbers, children are found by node and byte.
    private var children: PairTable
    private var tokenAtNode: [Int32] = [-1]
    private var firstBytes = [Bool](repeating: false, count: 256)
    /// Tokens after which whitespace is dropped.
    private let swallowsSpace: Set<Int32>

    init(_ tokens: [(id: Int32, text: String)], rule: WholeTokenRule = .longestFirst, swallowsSpace: Set<Int32> = []) {
        children = PairTable(minimumCapacity: tokens.reduce(0) { $0 + $1.text.utf8.count })
        self.rule = rule
        self.swallowsSpace = swallowsSpace
        for token in tokens {
            guard let first = token.text.utf8.first else { continue }
            firstBytes[Int(first)] = true
            var node: Int32 = 0
            for byte in token.text.utf8 {
                children.insert(node, Int32(byte), rank: 0, merged: Int32(tokenAtNode.count))
                node = children.find(node, Int32(byte)).merged
                if node == tokenAtNode.count { tokenAtNode.append(-1) }
            }
            if tokenAtNode[Int(node)] < 0 { tokenAtNode[Int(node)] = token.id }
        }
    }

    /// Whether there is nothing to find.
    var isEmpty: Bool { tokenAtNode.count == 1 }

    /// Cuts a part of a text at its special tokens; where two overlap, by the rule.
    func parts(of text: Span<UInt8>, in range: Range<Int>) -> [Part] {
        guard !isEmpty else { return range.isEmpty ? [] : [.text(range)] }
        var parts: [Part] = []
        var position = range.lowerBound
        for match in chosen(matches(text, range), range) {
            if position < match.range.lowerBound { parts.append(.text(position..<match.range.lowerBound)) }
            parts.append(.token(match.token))
            position = match.range.upperBound
            if swallowsSpace.contains(match.token) {
                while position < range.upperBound, CharacterTable.isASCIISpace(text[position]) { position += 1 }
            }
        }
        if position < range.upperBound { parts.append(.text(position..<range.upperBound)) }
        return parts
    }

    private func matches(_ text: Span<UInt8>, _ range: Range<Int>) -> [Match] {
        var found: [Match] = []
        for start in range where firstBytes[Int(text[start])] {
            var node: Int32 = 0
            var end = start
            while end < range.upperBound {
                node = children.find(node, Int32(text[end])).merged
                if node < 0 { break }
                end += 1
                let token = tokenAtNode[Int(node)]
                if token >= 0 { found.append(Match(token: token, range: start..<end)) }
            }
        }
        return found
    }

    /// The matches that stand, in the order of the text.
    private func chosen(_ matches: [Match], _ range: Range<Int>) -> [Match] {
        guard matches.count > 1 else { return matches }
        switch rule {
        case .longestFirst: return longestFirst(matches, range)
        case .leftmost: return leftmost(matches)
        }
    }

    /// Among equally long ones the lower id stands, and then the first in the text.
    private func longestFirst(_ matches: [Match], _ range: Range<Int>) -> [Match] {
        var taken = [Bool](repeating: false, count: range.count)
        let byPriority = matches.sorted {
            let (a, b) = ($0.range.count, $1.range.count)
            return a != b ? a > b : ($0.token, $0.range.lowerBound) < ($1.token, $1.range.lowerBound)
        }
        var chosen: [Match] = []
        for match in byPriority {
            let first = match.range.lowerBound - range.lowerBound
            // Those that stand already are no shorter, so one that overlaps covers this one's first or last byte.
            if taken[first] || taken[first + match.range.count - 1] { continue }
            for place in first..<first + match.range.count { taken[place] = true }
            chosen.append(match)
        }
        return chosen.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Matches come in the order of where they start, and from each place the longest comes last.
    private func leftmost(_ matches: [Match]) -> [Match] {
        var chosen: [Match] = []
        for match in matches {
            if let last = chosen.last {
                if match.range.lowerBound == last.range.lowerBound {
                    chosen[chosen.count - 1] = match
                    continue
                }
                if match.range.lowerBound < last.range.upperBound { continue }
            }
            chosen.append(match)
        }
        return chosen
    }
}

extension CharacterTable {
    /// What C calls a space.
    static func isASCIISpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
