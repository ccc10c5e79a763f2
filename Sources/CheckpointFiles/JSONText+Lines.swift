#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSONText {
    /// A value from a line of JSON Lines that this program wrote; nil where the line is something else.
    package static func decode<Value: Decodable>(line: some Sequence<UInt8>) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(line))
    }
}

/// The object on a line of a JSON Lines file that people made, for the texts that some of its keys have.
package struct JSONLine: Sendable {
    /// What errors call the line: `pairs.jsonl, line 3`.
    private let name: String
    private let members: [(key: String, value: JSONScanner.Value)]

    /// Reads a line.
    ///
    /// - Parameters:
    ///   - bytes: the line without its end, and without the file's byte order mark.
    ///   - file: the path of its file, for errors.
    ///   - number: the line's number in the file, from 1 on, for errors.
    /// - Throws: ``CheckpointError`` that says what is wrong where the line is no UTF-8, no JSON (such as NaN, half a
    ///   surrogate pair or a comma too many), no object, or has a key twice.
    package init(_ bytes: [UInt8], file: String, number: Int) throws(CheckpointError) {
        name = "\(file), line \(number)"
        if let bad = TextEncoding.firstInvalid(bytes) {
            throw CheckpointError(
                file: name, name: "byte \(bad)", expected: "text in UTF-8",
                found: TextEncoding.otherKind(bytes) ?? "0x" + String(bytes[bad], radix: 16))
        }
        let value: JSONScanner.Value
        do {
            value = try JSONScanner.value(bytes)
        } catch {
            throw CheckpointError(
                file: name, name: error.key.isEmpty ? "" : "key \(error.key.quoted)", expected: "valid JSON",
                found: error.found)
        }
        guard case .object(let members) = value else {
            throw CheckpointError(file: name, expected: "an object", found: value.kind)
        }
        for (index, member) in members.enumerated() where members[..<index].contains(where: { $0.key == member.key }) {
            throw CheckpointError(
                file: name, name: "key \(member.key.quoted)", expected: "each key once", found: "it twice")
        }
        self.members = members
    }

    /// The object's keys, in order.
    package var keys: [String] { members.map(\.key) }

    /// The text that a key has.
    ///
    /// - Throws: if there is no such key, or it has something else.
    package func text(_ key: String) throws(CheckpointError) -> String {
        guard let member = members.first(where: { $0.key == key }) else {
            throw CheckpointError(file: name, expected: "the key \(key.quoted)", found: summary)
        }
        guard case .text(let text) = member.value else {
            throw CheckpointError(
                file: name, name: "key \(key.quoted)", expected: "a string", found: member.value.kind)
        }
        return text
    }

    /// The keys for an error: `the keys "a", "b"`.
    package var summary: String {
        switch keys.count {
        case 0: "no key"
        case 1: "only the key \(keys[0].quoted)"
        case 2...6: "only the keys " + keys.map(\.quoted).joined(separator: ", ")
        default: "only the keys " + keys.prefix(6).map(\.quoted).joined(separator: ", ") + " and \(keys.count - 6) more"
        }
    }
}
