/// Finds the tokens in a text that are matched as a whole before the text is split into words, in one pass.
struct SpecialTokenFinder: Sendable {
    /// A part of a text: a special token, or the text between special tokens.
    enum Part: Equatable {
        case token(Int32)
        case text(Range<Int>)
    }

    /// An occurrence of a token's text.
    struct Match {
        var token: Int32
        var range: Range<Int>
    }

    private let rule: WholeTokenRule
    /// A trie over bytes: nodes are numbers, and children are looked up by node and byte.
    private var children: PairTable
    private var tokenAtNode = [none]
    /// Marks nodes where no token ends.
    private static let none = Int32.min
    private var firstBytes = FirstBytes()
    /// How tokens treat the text around them, if not at all.
    private let flags: [Int32: MatchingFlags]

    /// Creates a finder.
    ///
    /// - Parameter flags: how tokens treat the text around them; those without an entry do not.
    init(
        _ tokens: [(id: Int32, text: String)], rule: WholeTokenRule = .longestFirst,
        flags: [Int32: MatchingFlags] = [:]
    ) {
        children = PairTable(minimumCapacity: tokens.reduce(0) { $0 + $1.text.utf8.count })
        self.rule = rule
        self.flags = flags
        for token in tokens {
            guard let first = token.text.utf8.first else { continue }
            firstBytes.insert(first)
            var node: Int32 = 0
            for byte in token.text.utf8 {
                children.insert(node, Int32(byte), rank: 0, merged: Int32(tokenAtNode.count))
                node = children.find(node, Int32(byte)).merged
                if node == tokenAtNode.count { tokenAtNode.append(Self.none) }
            }
            if tokenAtNode[Int(node)] == Self.none { tokenAtNode[Int(node)] = token.id }
        }
    }

    /// Whether there are no tokens to find.
    var isEmpty: Bool { tokenAtNode.count == 1 }

    /// Splits a range of a text at those of its special tokens that a condition allows; the rule resolves overlaps.
    func parts(
        of text: Span<UInt8>, in range: Range<Int>, where isAllowed: (Match) -> Bool = { _ in true }
    ) -> [Part] {
        guard !isEmpty else { return range.isEmpty ? [] : [.text(range)] }
        var parts: [Part] = []
        var position = range.lowerBound
        var space = 0..<0
        for match in chosen(matches(text, range).filter(isAllowed), range) {
            guard let taken = taken(match, text, range, after: position, &space) else { continue }
            if position < taken.lowerBound { parts.append(.text(position..<taken.lowerBound)) }
            parts.append(.token(match.token))
            position = taken.upperBound
        }
        if position < range.upperBound { parts.append(.text(position..<range.upperBound)) }
        return parts
    }

    /// The range of text that a match takes, with the whitespace that it drops; nil if it is part of a longer word,
    /// or the previous match has taken all of it.
    ///
    /// - Parameters:
    ///   - position: the end of the previous match.
    ///   - space: the last whitespace that was dropped after a match. Matches within it need not look for its
    ///     end again.
    private func taken(
        _ match: Match, _ text: Span<UInt8>, _ range: Range<Int>, after position: Int, _ space: inout Range<Int>
    ) -> Range<Int>? {
        guard !flags.isEmpty, let flags = flags[match.token] else { return match.range }
        let (start, end) = (match.range.lowerBound, match.range.upperBound)
        if flags.contains(.singleWord) {
            let adjoins =
                WordCharacter.ends(text, range.lowerBound..<start) || WordCharacter.starts(text, end..<range.upperBound)
            if adjoins { return nil }
        }
        // As in Hugging Face's library, only a token that drops whitespace before it respects a previous one that has
        // dropped this text.
        var before = start
        if flags.contains(.stripsLeft) {
            before = position < start ? WordCharacter.withoutSpaceAtEnd(text, position..<start) : position
        }
        var after = end
        if flags.contains(.stripsRight) {
            if end < space.lowerBound || end > space.upperBound {
                space = end..<WordCharacter.withoutSpaceAtStart(text, end..<range.upperBound)
            }
            after = space.upperBound
        }
        return before < after ? before..<after : nil
    }

    /// The first match in a range of a text; the longest of those that start at the same position.
    func firstMatch(in text: Span<UInt8>, _ range: Range<Int>) -> Match? {
        var start = range.lowerBound
        while let place = firstBytes.next(in: text, start..<range.upperBound) {
            var longest: Match?
            forEachMatch(at: place, in: text, to: range.upperBound) { longest = $0 }
            if let longest { return longest }
            start = place + 1
        }
        return nil
    }

    private func matches(_ text: Span<UInt8>, _ range: Range<Int>) -> [Match] {
        var found: [Match] = []
        var start = range.lowerBound
        while let place = firstBytes.next(in: text, start..<range.upperBound) {
            forEachMatch(at: place, in: text, to: range.upperBound) { found.append($0) }
            start = place + 1
        }
        return found
    }

    /// Calls a function with each match that starts at a position, shortest first.
    @inline(__always)
    private func forEachMatch(at start: Int, in text: Span<UInt8>, to limit: Int, _ body: (Match) -> Void) {
        var node: Int32 = 0
        var end = start
        while end < limit {
            node = children.find(node, Int32(text[end])).merged
            if node < 0 { return }
            end += 1
            let token = tokenAtNode[Int(node)]
            if token != Self.none { body(Match(token: token, range: start..<end)) }
        }
    }

    /// The matches that the rule keeps, in text order.
    private func chosen(_ matches: [Match], _ range: Range<Int>) -> [Match] {
        guard matches.count > 1 else { return matches }
        switch rule {
        case .longestFirst: return longestFirst(matches, range)
        case .leftmost: return leftmost(matches)
        }
    }

    /// Keeps the longest of overlapping matches; among equally long ones the lower id, then the first in the text.
    private func longestFirst(_ matches: [Match], _ range: Range<Int>) -> [Match] {
        var taken = [Bool](repeating: false, count: range.count)
        let byPriority = matches.sorted {
            let (a, b) = ($0.range.count, $1.range.count)
            return a != b ? a > b : ($0.token, $0.range.lowerBound) < ($1.token, $1.range.lowerBound)
        }
        var chosen: [Match] = []
        for match in byPriority {
            let first = match.range.lowerBound - range.lowerBound
            // Matches kept earlier are at least as long, so an overlapping one covers this one's first or last byte.
            if taken[first] || taken[first + match.range.count - 1] { continue }
            for place in first..<first + match.range.count { taken[place] = true }
            chosen.append(match)
        }
        return chosen.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Keeps the first of overlapping matches, and the longest from each start. The input is ordered by start, then by
    /// length.
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

extension SpecialTokenFinder {
    /// Whether two occurrences of tokens can overlap in a text other than by starting at the same place; the rules
    /// differ only then.
    static func overlap(_ tokens: [String]) -> Bool {
        let finder = SpecialTokenFinder(tokens.enumerated().map { (id: Int32($0), text: $1) })
        return tokens.contains { token in
            let text = Array(token.utf8)
            return text.indices.dropFirst().contains { finder.mayStart(in: text.span, at: $0) }
        }
    }

    /// Whether a token starts at a position and is contained in the text or reaches its end.
    private func mayStart(in text: Span<UInt8>, at start: Int) -> Bool {
        var node: Int32 = 0
        for place in start..<text.count {
            node = children.find(node, Int32(text[place])).merged
            if node < 0 { return false }
            if tokenAtNode[Int(node)] != Self.none { return true }
        }
        return true
    }
}
