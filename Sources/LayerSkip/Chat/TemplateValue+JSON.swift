public import CheckpointFiles
public import JinjaTemplates

extension TemplateValue {
    /// Reads a value from JSON. Objects keep the order of their members, which templates may print.
    ///
    /// - Parameters:
    ///   - text: the JSON.
    ///   - name: its name in errors, such as a file's path.
    /// - Throws: ``FileError`` if it is not valid JSON.
    public init(json text: [UInt8], name: String = "JSON") throws(FileError) {
        try self.init(json: text, name: name, atMost: .text)
    }

    /// Reads a value from JSON of limited size.
    ///
    /// - Throws: as above.
    package init(json text: [UInt8], name: String, atMost limit: ReadingLimit) throws(FileError) {
        self.init(try JSONTree(text, name: name, atMost: limit))
    }

    private init(_ tree: JSONTree) {
        switch tree {
        case .null: self = .none
        case .bool(let value): self = .bool(value)
        case .text(let text): self = .text(text)
        case .number(let text): self = Self.number(text)
        case .list(let list): self = .list(list.map { TemplateValue($0) })
        case .object(let members):
            self = .object(members.map { Member(key: $0.key, value: TemplateValue($0.value)) })
        }
    }

    /// A number, which is an integer if it is written as one, as in Python.
    private static func number(_ text: String) -> TemplateValue {
        if text.utf8.contains(where: { ".eE".utf8.contains($0) }), let number = Double(text) { return .number(number) }
        return Int(text).map { .integer($0) } ?? .largeInteger(text)
    }
}
