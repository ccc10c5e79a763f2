package import CheckpointFiles
import JinjaTemplates

/// A text with places for the values of an item's keys, such as `Question: {question}\nAnswer:`.
///
/// `{choices}` stands for the item's choices, each on a line under a letter. `{{` and `}}` stand for braces.
package struct PromptFormat: Sendable {
    private enum Piece {
        case text(String)
        case key(String)
    }

    private let pieces: [Piece]

    /// Reads a format.
    ///
    /// - Throws: ``PromptFormatError`` if a brace has no partner.
    package init(_ format: String) throws(PromptFormatError) {
        var pieces: [Piece] = []
        var text = ""
        var rest = format[...]
        while let character = rest.popFirst() {
            switch character {
            case "{" where rest.first == "{", "}" where rest.first == "}":
                text.append(character)
                rest.removeFirst()
            case "{":
                guard let end = rest.firstIndex(of: "}"), end > rest.startIndex else {
                    throw PromptFormatError(found: "\"{\" without a key and \"}\"")
                }
                pieces += [.text(text), .key(String(rest[..<end]))]
                text = ""
                rest = rest[rest.index(after: end)...]
            case "}": throw PromptFormatError(found: "\"}\" without \"{\"")
            case "\\" where rest.first == "n":
                text.append("\n")
                rest.removeFirst()
            default: text.append(character)
            }
        }
        self.pieces = pieces + [.text(text)]
    }

    /// The text for an item.
    ///
    /// - Throws: ``FileError`` if the item lacks a key, or has neither a string nor a number under it.
    package func text(for item: TaskItem) throws(FileError) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .text(let text): result += text
            case .key(let key): result += try Self.value(key, item)
            }
        }
        return result
    }

    private static func value(_ key: String, _ item: TaskItem) throws(FileError) -> String {
        if key == "choices", case .choice(_, let choices) = item.answer {
            return zip(TaskItem.letters(choices.count), choices).map { "\($0). \($1)" }.joined(separator: "\n")
        }
        switch item.members[key] {
        case .text(let text): return text
        case .integer(let number): return "\(number)"
        case .number(let number): return "\(number)"
        case let value:
            throw FileError(
                file: item.name,
                expected: "a string or a number under the key \(key.quoted), which --prompt-format has",
                found: value?.kind ?? "no such key")
        }
    }
}

/// The error for a text that is not a ``PromptFormat``.
package struct PromptFormatError: Error, CustomStringConvertible {
    let found: String

    package var description: String {
        "expected a text with keys in braces, such as \"Question: {question}\", found \(found); write a brace twice "
            + "to mean itself"
    }
}
