import LayerSkip

/// A difference between expected and found results.
struct Difference: Error {
    /// The compared property.
    let what: String
    let expected: String
    let found: String
    /// The steps before it, in order.
    var steps: [String] = []

    /// Throws unless two texts and their logits are equal.
    static func check(
        _ what: String, tokens: ArraySlice<Token>, hashes: ArraySlice<UInt64>,
        areThoseOf plain: (tokens: ArraySlice<Token>, hashes: ArraySlice<UInt64>)
    ) throws(Difference) {
        let equalTokens = zip(tokens, plain.tokens).prefix { $0 == $1 }.count
        let equalHashes = zip(hashes, plain.hashes).prefix { $0 == $1 }.count
        guard equalTokens < max(tokens.count, plain.tokens.count) || equalHashes < max(hashes.count, plain.hashes.count)
        else { return }
        let position = min(equalTokens, equalHashes)
        func describe(_ tokens: ArraySlice<Token>, _ hashes: ArraySlice<UInt64>) -> String {
            guard position < tokens.count, position < hashes.count else {
                return "\(tokens.count) tokens and \(hashes.count) rows of logits"
            }
            let token = tokens[tokens.startIndex + position]
            return "token \(token), logits of hash \(String(hashes[hashes.startIndex + position], radix: 16))"
        }
        throw Difference(
            what: "\(what), token \(position) of the text", expected: describe(plain.tokens, plain.hashes),
            found: describe(tokens, hashes))
    }

    /// Throws unless a condition holds.
    static func require(
        _ condition: Bool, _ what: String, expected: @autoclosure () -> String, found: @autoclosure () -> String
    ) throws(Difference) {
        guard !condition else { return }
        throw Difference(what: what, expected: expected(), found: found())
    }
}
