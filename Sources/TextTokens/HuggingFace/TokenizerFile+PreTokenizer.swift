import QuotedText

extension TokenizerFile {
    /// The name of the rule that splits text into words.
    func preTokenizerName() throws(TokenizerError) -> String {
        let steps = pre_tokenizer.map { $0.type == "Sequence" ? $0.pretokenizers ?? [] : [$0] } ?? []
        let rule = Self.rule(steps)
        let known = HuggingFacePreTokenizer.all.filter { $0.rule == rule }
        if known.isEmpty {
            let names = HuggingFacePreTokenizer.all.map(\.name).joined(separator: ", ")
            throw Self.failure(
                "pre_tokenizer", expected: "that of \(names)",
                found: steps.map { ($0.pattern?.Regex ?? $0.type).quoted }.joined(separator: ", "))
        }
        let ignoresMerges = model.ignore_merges ?? false
        guard let match = known.first(where: { $0.ignoresMerges == ignoresMerges }) else {
            throw Self.failure(
                "model.ignore_merges", expected: "\(!ignoresMerges) with this pre_tokenizer", found: "\(ignoresMerges)")
        }
        return match.name
    }

    private static func rule(_ steps: [Part]) -> HuggingFacePreTokenizer.Rule? {
        guard let last = steps.last, last.type == "ByteLevel", last.add_prefix_space == false else { return nil }
        let cuts = last.use_regex ?? true
        switch steps.count {
        case 1 where cuts: return .gpt2
        case 2 where cuts && steps[0].type == "Digits" && steps[0].individual_digits == true:
            return .gpt2WithSingleDigits
        case 2 where !cuts && steps[0].type == "Split" && steps[0].behavior == "Isolated" && steps[0].invert != true:
            return steps[0].pattern?.Regex.map { .split(pattern: $0) }
        default: return nil
        }
    }
}
