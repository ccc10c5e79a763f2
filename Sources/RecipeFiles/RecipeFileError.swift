import CheckpointFiles
import Yams

/// An error in a recipe's text, and its place.
package struct RecipeFileError: Error, Equatable, CustomStringConvertible {
    /// The file and line, or the argument.
    package let place: String
    /// The key, with dots; empty if the error is not about a key.
    package let key: String
    /// What was expected.
    package let expected: String
    /// What was found instead.
    package let found: String

    package var description: String {
        "\(place): \(key.isEmpty ? "" : key + ": ")expected \(expected), found \(found)".harmless(limit: 2048)
    }
}

extension RecipeFileError {
    /// Translates an error of Yams, reworded where Yams is unclear.
    init(_ error: YamlError, in text: String, name: String) {
        switch error {
        case .composer(_, "found undefined alias", let mark, _):
            self.init(place: "\(name):\(mark.line)", key: "", expected: "no YAML aliases", found: "one")
        case .composer(_, "but found another document", let mark, _):
            self.init(place: "\(name):\(mark.line)", key: "", expected: "one YAML document", found: "another")
        case .scanner(_, _, let mark, _) where text.character(at: mark) == "\t":
            self.init(place: "\(name):\(mark.line)", key: "", expected: "spaces", found: "a tab")
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(
                place: "\(name):\(mark.line)", key: "", expected: "YAML", found: "a syntax error: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(
                place: "\(name):\(context.mark.line)", key: (duplicates.min() ?? "").inMessage,
                expected: "each key once", found: "a duplicate")
        case .reader(let problem, let offset, let value, _):
            let line = offset.map { ":\(text.prefix($0).count(where: \.isNewline) + 1)" } ?? ""
            let code = value < 0 ? "" : "U+\(String(value, radix: 16, uppercase: true).leftPadded(to: 4)): "
            self.init(place: name + line, key: "", expected: "YAML", found: code + problem)
        default:
            self.init(place: name, key: "", expected: "YAML", found: "\(error)".quoted)
        }
    }
}

extension String {
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: max(0, length - count)) + self
    }

    fileprivate func character(at mark: Mark) -> Unicode.Scalar? {
        let lines = split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first
    }
}
