extension TokenizerDefinition {
    /// The parts in which another definition gives other ids or texts; empty if it is exactly the same tokenizer. The
    /// other one may have more tokens.
    package func differences(from other: TokenizerDefinition) throws(TokenizerError) -> [String] {
        let (mine, theirs) = (try completed(), try other.completed())
        let (kinds, otherKinds) = (TokenKind.corrected(self), TokenKind.corrected(other))
        var found: [String] = []
        func check(_ isEqual: Bool, _ part: String) { if !isEqual { found.append(part) } }
        check(mine.model == theirs.model, "merging")
        check(hasTokens(of: other, kinds, otherKinds), "tokens")
        if mine.model == theirs.model {
            switch model {
            case .byteLevel, .characters: check(merges == other.merges, "merges")
            case .scored, .unigram:
                let count = scores?.count ?? 0
                check(scores?.map { Float($0) } == other.scores?.prefix(count).map { Float($0) }, "scores")
            }
        }
        check(mine.statedNormalizer == theirs.statedNormalizer, "normalizer")
        check(try mine.wordRules() == theirs.wordRules(), "rule for words")
        check(mine.unknownRules(kinds) == theirs.unknownRules(otherKinds), Self.unknownPart)
        check(mine.decoder == theirs.decoder, "decoder")
        check(mine.addedEnds == theirs.addedEnds, "tokens at the ends of texts")
        check(hasWholeTokenRules(of: other, kinds), "added tokens")
        return found
    }

    /// The name of a difference in what becomes of characters or bytes without a token.
    package static let unknownPart = "unknown token"

    private func hasTokens(of other: TokenizerDefinition, _ kinds: [TokenKind], _ otherKinds: [TokenKind]) -> Bool {
        guard hidden.isEmpty, tokens.count <= other.tokens.count else { return false }
        return tokens.indices.allSatisfy { id in
            if tokens[id].isEmpty { return otherKinds[id] == .unused || otherKinds[id] == .normal }
            return tokens[id].utf8.elementsEqual(other.tokens[id].utf8)
                && kinds[id].isMatchedWhole == otherKinds[id].isMatchedWhole
                && kinds[id].isSpecial == otherKinds[id].isSpecial && (kinds[id] == .byte) == (otherKinds[id] == .byte)
        }
    }

    /// The steps of a completed definition that rewrite text; for SentencePiece's BPE those that do the same, if any.
    private var statedNormalizer: [NormalizerStep]? {
        guard model == .scored, case .sentencePiece(let rules)? = normalizer?.first, rules.onlyMarksSpaces else {
            return normalizer
        }
        return Self.stepsForSpaces(prefix: rules.addsDummySpace).normalizer
    }

    private struct WordRules: Equatable {
        let steps: [PreTokenizerStep]
        let prefersWholeWords: Bool
    }

    /// The rules for words of a completed definition.
    private func wordRules() throws(TokenizerError) -> WordRules {
        let whole = prefersWholeWords ?? false
        guard model == .byteLevel else { return WordRules(steps: preTokenizerSteps ?? [], prefersWholeWords: whole) }
        let named = try NamedPreTokenizer.find(preTokenizer)
        return WordRules(
            steps: (preTokenizerSteps ?? named.steps).map(\.escaped), prefersWholeWords: whole)
    }

    /// What becomes of unknown characters in a completed definition; nil if there are none.
    private func unknownRules(_ kinds: [TokenKind]) -> [Int32?]? {
        if model == .byteLevel {
            guard lacksBytes else { return nil }
            let used = unknown.flatMap { kinds[Int($0)] == .unknown ? $0 : nil }
            return [used, fusesUnknown ? 1 : 0, wholeTokenRule == .leftmost ? 1 : 0]
        }
        guard !fallsBackToBytes || kinds.count(where: { $0 == .byte }) < 256 else { return nil }
        return [unknown, fusesUnknown ? 1 : 0, fallsBackToBytes ? 1 : 0, wholeTokenRule == .leftmost ? 1 : 0]
    }

    /// The tokens that begin and end texts in a completed definition.
    private var addedEnds: [[Int32]] {
        [
            prefix ?? (addsBeginningOfText == true ? [beginningOfText].compactMap(\.self) : []),
            suffix ?? (addsEndOfText == true ? [endOfText].compactMap(\.self) : []),
        ]
    }

    /// Whether tokens that are matched as a whole are found alike. Two rules can differ only for tokens that overlap.
    private func hasWholeTokenRules(of other: TokenizerDefinition, _ kinds: [TokenKind]) -> Bool {
        let whole = tokens.indices.filter { kinds[$0].isMatchedWhole && !tokens[$0].isEmpty }
        let overlap = SpecialTokenFinder.overlap(whole.map { tokens[$0] })
        if overlap, wholeTokenRule != other.wholeTokenRule { return false }
        let isPlain = !overlap && (normalizer ?? []).isEmpty && model == .byteLevel
        return whole.allSatisfy { id in
            var (mine, theirs) = (flags[Int32(id)] ?? [], other.flags[Int32(id)] ?? [])
            if isPlain { (mine, theirs) = (mine.subtracting(.normalized), theirs.subtracting(.normalized)) }
            return mine == theirs
        }
    }
}
