/// What GGUF's keys for single parts say of a tokenizer.
package struct GGUFTokenizerParts {
    package var model: TokenizerModel
    package var preTokenizer: String?
    package var scores: [Double]?
    package var addsSpacePrefix = false
    /// The normalization of a unigram model.
    package var rules: SentencePieceRules?
}

extension TokenizerDefinition {
    /// A note for people on the rule for words that is assumed because `tokenizer.ggml.pre` is missing or unknown;
    /// nil if nothing is assumed.
    package static func assumption(forPreTokenizer name: String?) -> String? {
        (try? NamedPreTokenizer.find(name))?.assumption
    }

    /// Lets all special tokens but three drop the whitespace after them. No GGUF key states this: it is the convention
    /// of the Phi-3 family, recognised by `general.name`.
    package mutating func stripSpaceAfterSpecialTokens() {
        for (id, kind) in TokenKind.corrected(self).enumerated() where kind.isMatchedWhole {
            guard !["<unk>", "<s>", "<|endoftext|>"].contains(tokens[id]) else { continue }
            flags[Int32(id), default: []].insert(.stripsRight)
        }
    }

    /// The parts of a GGUF file that come closest to this tokenizer. Lists of merges over characters become scores.
    package var ggufParts: GGUFTokenizerParts {
        var parts = GGUFTokenizerParts(model: model)
        switch model {
        case .byteLevel:
            parts.preTokenizer = preTokenizer ?? (preTokenizerSteps == nil ? nil : "default")
        case .scored, .unigram: parts.scores = scores
        case .characters:
            parts.model = .scored
            parts.scores = derivedScores
        }
        parts.addsSpacePrefix = model != .byteLevel && prependsSpace
        guard model == .unigram else { return parts }
        var rules = SentencePieceRules()
        rules.collapsesSpaces = false
        for step in normalizer ?? [] {
            switch step {
            case .sentencePiece(let stated): rules = stated
            case .precompiled(let table): rules.charsmap = table
            case .replace(.regex(" {2,}"), _): rules.collapsesSpaces = true
            default: break
            }
        }
        parts.rules = rules
        return parts
    }

    /// Whether a mark for a space is added before a text.
    private var prependsSpace: Bool {
        guard let definition = try? completed() else { return false }
        let normalizes = (definition.normalizer ?? []).contains { step in
            switch step {
            case .prepend: true
            case .sentencePiece(let rules): rules.addsDummySpace
            default: false
            }
        }
        return normalizes
            || (preTokenizerSteps ?? []).contains {
                if case .metaspace(_, let prepend, _) = $0 { prepend != .never } else { false }
            }
    }

    /// Scores that rank tokens by the first merge that gives them, so that BPE by scores comes close to these merges.
    private var derivedScores: [Double] {
        var ranks = ByteStringTable(minimumCapacity: merges?.count ?? 0)
        for merge in merges ?? [] { ranks.add(merge.utf8.filter { $0 != UInt8(ascii: " ") }) }
        // A later merge that gives the same token is not findable, and its number stays unused.
        let last = -Double(ranks.count) - 1
        return tokens.map { token in
            guard let rank = ranks.find(Array(token.utf8).span) else { return last }
            return -Double(rank)
        }
    }
}
