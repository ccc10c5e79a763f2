import CheckpointFiles
import TextTokens

extension Corpus {
    /// Reads a document; returns nil if it is not UTF-8 and such documents are skipped.
    func read(_ document: Int, invalidText: InvalidText) throws(FileError) -> Document? {
        switch places[document] {
        case .file(let path):
            if MappedFile.isEmpty(path: path) { return Document(text: []) }
            let file = try MappedFile(path: path)
            let bytes = file.bytes(0..<file.byteCount)
            try file.checkUnchanged()
            return try text(bytes, path, invalidText)
        case .text(let index, let range, _):
            let bytes = sources[index].file.bytes(range)
            try sources[index].file.checkUnchanged()
            return try text(bytes, name(of: document), invalidText)
        case .record(let index, let range, _):
            let record = sources[index].file.bytes(range)
            try sources[index].file.checkUnchanged()
            if invalidText == .skip, TextEncoding.firstInvalid(record) != nil { return nil }
            return try self.record(record, of: sources[index], name: name(of: document))
        }
    }

    private func text(_ bytes: [UInt8], _ name: String, _ invalidText: InvalidText) throws(FileError) -> Document? {
        let bad = TextEncoding.firstInvalid(bytes)
        let kind = bad != nil || TextEncoding.hasZero(bytes) ? TextEncoding.otherKind(bytes) : nil
        guard bad != nil || kind != nil else {
            let mark = TextEncoding.markLength(bytes)
            let text = mark == 0 ? bytes : Array(bytes.dropFirst(mark))
            try JSONLines.refuse(text, file: name)
            return Document(text: text)
        }
        if invalidText == .skip { return nil }
        throw FileError(
            file: name, name: kind == nil ? "byte \(bad ?? 0)" : "", expected: "text in UTF-8",
            found: kind ?? "0x" + String(bytes[bad ?? 0], radix: 16))
    }

    private func record(_ bytes: [UInt8], of source: Source, name: String) throws(FileError) -> Document {
        let record = try JSONMembers(bytes, name: name, atMost: limits.line)
        let own = form ?? RecordForm(recordWith: record.keys)
        guard let own else {
            throw FileError(
                file: name, expected: RecordForm.shapes, found: record.summary + RecordForm.advice)
        }
        if let first = source.form, own != first {
            throw FileError(
                file: name, expected: "a record with \(first.summary), as in line \(source.firstLine)",
                found: record.summary + " (put records of another form into another file)")
        }
        var document = try self.document(record, bytes, own, name: name)
        let known = own.keys + (own.kind == .pair && document.conversation != nil ? ChatRecord.keys : [])
        document.ignoredKeys = record.keys.filter { !known.contains($0) }
        return document
    }

    private func document(
        _ record: JSONMembers, _ bytes: [UInt8], _ form: RecordForm, name: String
    ) throws(FileError) -> Document {
        func text(_ part: String) throws(FileError) -> String { try record.text(form.key(part), name: name) }
        switch form.kind {
        case .text: return Document(text: Array(try text("text").utf8))
        case .pair:
            let (promptKey, answerKey) = (form.key("prompt"), form.key("answer"))
            if self.form == nil, let label = record["label"], ["true", "false"].contains(label) {
                throw FileError(
                    file: name, expected: "only right answers",
                    found: "\"label\": \(label), so some may be wrong (keep the records with true, and remove the key)")
            }
            if [promptKey, answerKey].contains(where: { record[$0]?.first == "[" }) {
                let conversation = try ChatRecord(
                    pair: bytes, name: name, promptKey: promptKey, answerKey: answerKey, atMost: limits.line)
                return try Self.document(conversation, name: name)
            }
            let (prompt, answer) = (try text("prompt"), try text("answer"))
            return Document(text: Array((prompt + answer).utf8), promptLength: prompt.utf8.count, isPair: true)
        case .instruction:
            let input = record[form.key("input")]
            let pair = InstructionPair(
                instruction: try text("instruction"), input: input == nil || input == "null" ? "" : try text("input"),
                output: try text("output"))
            let texts = [pair.question, pair.output]
            let isEmpty = texts.allSatisfy(\.isEmpty)
            return Document(
                text: Array(texts.joined(separator: isEmpty ? "" : "\n").utf8),
                conversation: isEmpty
                    ? nil
                    : ChatRecord([
                        ChatMessage(role: .user, content: pair.question),
                        ChatMessage(role: .assistant, content: pair.output),
                    ]),
                instruction: pair)
        case .messages:
            if self.form == nil, let key = record.keys.first(where: JSONLines.keys.contains) {
                throw FileError(
                    file: name, expected: "\(JSONLines.messages.quoted) or a prompt with an answer",
                    found: "\(JSONLines.messages.quoted) and \(key.quoted) (choose with --keys messages=messages)")
            }
            let conversation = try ChatRecord(
                json: bytes, name: name, messagesKey: form.key("messages"), atMost: limits.line)
            return try Self.document(conversation, name: name)
        }
    }

    private static func document(_ conversation: ChatRecord, name: String) throws(FileError) -> Document {
        try checkRoles(conversation, name: name)
        let text = conversation.messages.map(\.content).joined(separator: "\n")
        return Document(text: Array(text.utf8), conversation: conversation)
    }

    /// Throws for the roles of ShareGPT's form in OpenAI's: templates do not know them, and nothing would be learned.
    private static func checkRoles(_ conversation: ChatRecord, name: String) throws(FileError) {
        for (index, message) in conversation.messages.enumerated() {
            guard let role = ShareGPT.roles[message.role.rawValue], role != message.role else { continue }
            let names = [("human", "user"), ("gpt", "assistant")].map { #"s/"role": *"\#($0)"/"role": "\#($1)"/g"# }
            throw FileError(
                file: name, name: "messages[\(index)].role", expected: role.rawValue.quoted,
                found: message.role.rawValue.quoted + " (convert the file: sed '\(names.joined(separator: "; "))')")
        }
    }
}
