import QuotedText

extension JSONPlace {
    /// Reads a `pre_tokenizer`; sequences become flat.
    func preTokenizerSteps() throws(TokenizerError) -> [PreTokenizerStep] {
        switch try type() {
        case "Sequence":
            var steps: [PreTokenizerStep] = []
            for part in try required("pretokenizers").items() { steps += try part.preTokenizerSteps() }
            return steps
        case "ByteLevel":
            return [
                .byteLevel(
                    addsPrefixSpace: try flag("add_prefix_space", default: true),
                    splits: try flag("use_regex", default: true))
            ]
        case "Split":
            return [.split(try textPattern(), try required("behavior").behavior(), inverted: try flag("invert"))]
        case "Digits": return [.digits(individually: try flag("individual_digits"))]
        case "Punctuation": return [.punctuation(try self["behavior"]?.behavior() ?? .isolated)]
        case "Metaspace":
            return [
                .metaspace(
                    mark: try spaceMark(), prepend: try prependScheme(), splits: try flag("split", default: true))
            ]
        case "Whitespace": return [.whitespace]
        case "WhitespaceSplit": return [.whitespaceSplit]
        case "CharDelimiterSplit": return [.delimiter(try required("delimiter").character())]
        default:
            throw try unsupported([
                "ByteLevel", "Split", "Digits", "Punctuation", "Metaspace", "Whitespace", "WhitespaceSplit",
                "CharDelimiterSplit", "Sequence",
            ])
        }
    }

    private func behavior() throws(TokenizerError) -> SplitBehavior {
        let name = try text()
        guard let behavior = SplitBehavior(rawValue: name) else {
            throw mismatch(
                "one of Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous", found: name.quoted)
        }
        return behavior
    }

    /// The mark of a Metaspace.
    func spaceMark() throws(TokenizerError) -> String { try required("replacement").character() }

    /// A text of one character.
    private func character() throws(TokenizerError) -> String {
        let text = try text()
        guard text.unicodeScalars.count == 1 else { throw mismatch("one character", found: text.quoted) }
        return text
    }

    /// A Metaspace's rule for the mark before a text; older files have a Boolean instead.
    func prependScheme() throws(TokenizerError) -> PrependScheme {
        let stated = try self["prepend_scheme"].map { (place) throws(TokenizerError) in
            guard let scheme = PrependScheme(rawValue: try place.text()) else {
                throw place.mismatch("\"always\", \"first\" or \"never\"", found: try place.text().quoted)
            }
            return scheme
        }
        guard try self["add_prefix_space"]?.bool() == false else { return stated ?? .always }
        guard stated == nil || stated == .never else {
            throw mismatch("a prepend_scheme that agrees with add_prefix_space", found: "both")
        }
        return .never
    }
}
