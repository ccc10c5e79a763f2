package import CheckpointFiles
package import JinjaTemplates
import TextTokens

/// A question of a task file with what a right answer is: a line of JSON Lines in one of the usual forms.
package struct TaskItem: Sendable {
    /// A right answer.
    package enum Answer: Sendable, Equatable {
        /// One of several texts, by its index.
        case choice(Int, of: [String])
        /// Any of some texts.
        case texts([String])

        /// The kind, for errors.
        package var kind: String {
            switch self {
            case .choice: "choices"
            case .texts: "an answer to generate"
            }
        }
    }

    /// What is asked.
    package let question: PromptRecord.Content
    /// The right answer.
    package let answer: Answer
    /// The members of the line.
    package let members: TemplateValue
    /// The item's name in errors, such as `task.jsonl, line 3`.
    package let name: String

    /// The keys of a question, of choices and of answers; the first one of each in a line is read.
    package static let questionKeys = ["messages", "question", "prompt", "question_stem", "ctx", "query"]
    package static let choiceKeys = ["choices", "endings", "options"]
    package static let answerKeys = [
        "answer", "answerKey", "label", "gold", "answers", "completion", "output", "target",
    ]

    /// The value of `id` or `task_id`; nil if there is none.
    package var id: TemplateValue? { members["task_id"] ?? members["id"] }

    /// Reads an item.
    ///
    /// - Parameter name: the line's name in errors.
    /// - Throws: ``FileError`` if it is not one.
    package init(json line: [UInt8], name: String) throws(FileError) {
        // The check of an object names the keys that it has.
        let summary = try JSONMembers(line, name: name).summary
        members = try TemplateValue(json: line, name: name)
        self.name = name
        let members = members
        func key(_ names: [String], _ what: String) throws(FileError) -> String {
            guard let name = names.first(where: { members[$0] != nil }) else {
                let keys = names.map(\.quoted).joined(separator: ", ")
                throw FileError(file: name, expected: "\(what) under one of the keys \(keys)", found: summary)
            }
            return name
        }
        let questionKey = try key(Self.questionKeys, "a question")
        let choiceKey = Self.choiceKeys.first { members[$0] != nil }
        let question = try Self.question(members[questionKey] ?? .none, questionKey, line, name)
        let answerKey = Self.answerKeys.first { members[$0] != nil }
        if let choiceKey {
            let (texts, labels) = try Self.choices(members[choiceKey] ?? .none, choiceKey, name)
            let answerKey = try key(Self.answerKeys, "the right choice")
            let index = try Self.index(members[answerKey] ?? .none, answerKey, texts, labels, name)
            (self.question, answer) = (question, .choice(index, of: texts))
        } else if answerKey == nil, case .conversation(let record) = question,
            record.messages.count > 1, let last = record.messages.last, last.role == .assistant
        {
            // A conversation for training: its last message is the answer.
            self.question = .conversation(record.withoutLastMessage)
            answer = .texts([last.content])
        } else {
            let answerKey = try key(Self.answerKeys, "the right answer")
            (self.question, answer) = (
                question, .texts(try Self.texts(members[answerKey] ?? .none, answerKey, name))
            )
        }
    }

    private static func question(
        _ value: TemplateValue, _ key: String, _ line: [UInt8], _ name: String
    ) throws(FileError) -> PromptRecord.Content {
        switch value {
        case .text(let text): return .text(text)
        case .list: return .conversation(try ChatRecord(json: line, name: name, messagesKey: key, atMost: .text))
        default:
            throw FileError(
                file: name, name: "key \(key.quoted)", expected: "a string or a list of messages", found: value.kind)
        }
    }

    /// The texts of choices, and their labels if they have some: a list, or an object of lists `text` and `label`.
    private static func choices(
        _ value: TemplateValue, _ key: String, _ name: String
    ) throws(FileError) -> (texts: [String], labels: [String]?) {
        func failure(_ expected: String, _ found: String) -> FileError {
            FileError(file: name, name: "key \(key.quoted)", expected: expected, found: found)
        }
        func texts(_ value: TemplateValue?) -> [String]? {
            guard case .list(let list) = value else { return nil }
            let texts = list.compactMap(\.text)
            return texts.count == list.count ? texts : nil
        }
        let labels = texts(value["label"])
        guard let texts = texts(value) ?? texts(value["text"]) else {
            throw failure("a list of strings, or an object with the lists \"text\" and \"label\"", value.kind)
        }
        guard texts.count >= 2 else { throw failure("at least two choices", "\(texts.count)") }
        if let empty = texts.firstIndex(of: "") {
            throw failure("texts that are not empty", "an empty one, number \(empty + 1)")
        }
        if let labels, labels.count != texts.count || Set(labels).count != labels.count {
            throw failure("a label of its own for each of \(texts.count) choices", "\(labels.count) labels")
        }
        return (texts, labels)
    }

    /// The index of the right choice. It is given as a number from 0, or as a string: a label, the text of a choice, a
    /// letter from A, or a number from 0.
    private static func index(
        _ value: TemplateValue, _ key: String, _ texts: [String], _ labels: [String]?, _ name: String
    ) throws(FileError) -> Int {
        var index: Int?
        if case .integer(let number) = value {
            index = number
        } else if let text = value.text {
            index =
                labels?.firstIndex(of: text) ?? texts.firstIndex(of: text)
                ?? letters(texts.count).firstIndex(of: text) ?? Int(text)
        }
        if let index, texts.indices.contains(index) { return index }
        let last = letters(texts.count).last ?? ""
        throw FileError(
            file: name, name: "key \(key.quoted)",
            expected: labels.map { "one of the labels \($0.map(\.quoted).joined(separator: ", "))" }
                ?? "one of \(texts.count) choices: 0...\(texts.count - 1), \"A\"...\(last.quoted), or its text",
            found: value.text?.quoted ?? index.map { "\($0)" } ?? value.kind)
    }

    private static func texts(
        _ value: TemplateValue, _ key: String, _ name: String
    ) throws(FileError) -> [String] {
        switch value {
        case .text(let text): return [text]
        case .integer(let number): return ["\(number)"]
        case .list(let list) where !list.isEmpty && list.allSatisfy({ $0.text != nil }): return list.compactMap(\.text)
        default:
            throw FileError(
                file: name, name: "key \(key.quoted)", expected: "a string, or a list of strings of which any is right",
                found: value.kind)
        }
    }

    /// The letters of choices: A, B, ..., Z, AA, AB, ...
    package static func letters(_ count: Int) -> [String] {
        (0..<count).map { index in
            var (rest, name) = (index, "")
            repeat {
                name = String(UnicodeScalar(UInt8(65 + rest % 26))) + name
                rest = rest / 26 - 1
            } while rest >= 0
            return name
        }
    }
}
