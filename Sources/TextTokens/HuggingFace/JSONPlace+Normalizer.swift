#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import QuotedText

extension JSONPlace {
    /// Reads a `normalizer`; sequences become flat.
    func normalizerSteps() throws(TokenizerError) -> [NormalizerStep] {
        switch try type() {
        case "Sequence":
            var steps: [NormalizerStep] = []
            for part in try required("normalizers").items() { steps += try part.normalizerSteps() }
            return steps
        case "NFC": return [.nfc]
        case "NFD": return [.nfd]
        case "NFKC": return [.nfkc]
        case "NFKD": return [.nfkd]
        case "Lowercase": return [.lowercase]
        case "StripAccents": return [.stripAccents]
        case "Strip": return [.strip(left: try flag("strip_left"), right: try flag("strip_right"))]
        case "Prepend": return [.prepend(try required("prepend").text())]
        case "Replace": return [.replace(try textPattern(), with: try required("content").text())]
        case "Precompiled":
            guard let table = self["precompiled_charsmap"] else { return [] }
            guard let data = Data(base64Encoded: try table.text()) else { throw table.mismatch("base64") }
            return data.isEmpty ? [] : [.precompiled(Array(data))]
        default:
            throw try unsupported([
                "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "StripAccents", "Prepend", "Replace",
                "Precompiled", "Sequence",
            ])
        }
    }

    /// The member `pattern`: an object with a string or a regular expression.
    func textPattern() throws(TokenizerError) -> TextPattern {
        let pattern = try required("pattern")
        if let text = pattern["String"] { return .text(try text.text()) }
        if let regex = pattern["Regex"] { return .regex(try regex.text()) }
        throw pattern.mismatch("an object with \"String\" or \"Regex\"")
    }
}
