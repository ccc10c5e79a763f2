import QuotedText

/// A value in a JSON file together with its place, such as `model.vocab`, for messages.
struct JSONPlace {
    let value: JSONValue
    let path: String

    /// The members of this object that are neither missing nor null. The last of several members of a name counts.
    subscript(key: String) -> JSONPlace? {
        guard case .object(let members) = value, let member = members.last(where: { $0.key == key }) else { return nil }
        if case .null = member.value { return nil }
        return JSONPlace(value: member.value, path: child(key))
    }

    /// A member that the object must have.
    func required(_ key: String) throws(TokenizerError) -> JSONPlace {
        if case .object(let members) = value, let member = members.last(where: { $0.key == key }) {
            return JSONPlace(value: member.value, path: child(key))
        }
        guard case .object = value else { throw mismatch("an object") }
        throw .malformedFile(place: child(key), expected: "a value", found: "no such key")
    }

    private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func text() throws(TokenizerError) -> String {
        guard case .text(let text) = value else { throw mismatch("a string") }
        return text
    }

    func bool() throws(TokenizerError) -> Bool {
        guard case .bool(let bool) = value else { throw mismatch("true or false") }
        return bool
    }

    func number() throws(TokenizerError) -> Double {
        guard case .number(let number) = value else { throw mismatch("a number") }
        return number
    }

    /// An integer that is not negative and has at most 32 bits.
    func count() throws(TokenizerError) -> Int {
        guard case .number(let number) = value, number >= 0, number <= Double(UInt32.max),
            number == number.rounded(.towardZero)
        else { throw mismatch("an integer that is not negative") }
        return Int(number)
    }

    func items() throws(TokenizerError) -> [JSONPlace] {
        guard case .list(let items) = value else { throw mismatch("a list") }
        return items.enumerated().map { JSONPlace(value: $1, path: child("\($0)")) }
    }

    func members() throws(TokenizerError) -> [JSONValue.Member] {
        guard case .object(let members) = value else { throw mismatch("an object") }
        return members
    }

    /// The member `type`, which says what kind of part this is.
    func type() throws(TokenizerError) -> String { try required("type").text() }

    /// An error about this value.
    func mismatch(_ expected: String, found: String? = nil) -> TokenizerError {
        .malformedFile(place: path.isEmpty ? "the file" : path, expected: expected, found: found ?? value.kind)
    }

    /// An error about a part of a type that is not supported.
    func unsupported(_ known: [String]) throws(TokenizerError) -> TokenizerError {
        mismatch("one of \(known.joined(separator: ", "))", found: try type().quoted)
    }
}

extension JSONPlace {
    /// Parses a file.
    init(file bytes: [UInt8]) throws(TokenizerError) {
        do throws(JSONParser.Fault) {
            self.init(value: try JSONParser.parse(bytes), path: "")
        } catch {
            if let kind = OtherFileKind(bytes) {
                throw .malformedFile(place: "the file", expected: "JSON", found: kind.description)
            }
            throw .malformedFile(
                place: "the file", expected: "JSON with \(error.expected) at byte \(error.offset)",
                found: "something else")
        }
    }

    /// A Boolean member, or a value for files without it.
    func flag(_ key: String, default value: Bool = false) throws(TokenizerError) -> Bool {
        try self[key]?.bool() ?? value
    }
}
