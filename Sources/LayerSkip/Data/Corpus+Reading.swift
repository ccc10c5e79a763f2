import CheckpointFiles

extension Corpus {
    /// Reads a document; returns nil if it is not UTF-8 and such documents are skipped.
    func read(_ document: Int, invalidText: InvalidText) throws(FileError) -> Document? {
        switch places[document] {
        case .file(let path): return try text(path, invalidText)
        case .line(let file, let range, _):
            let line = pairFiles[file].bytes(range)
            try pairFiles[file].checkUnchanged()
            if invalidText == .skip, TextEncoding.firstInvalid(line) != nil { return nil }
            return try self.line(line, name: name(of: document))
        }
    }

    private func text(_ path: String, _ invalidText: InvalidText) throws(FileError) -> Document? {
        if MappedFile.isEmpty(path: path) { return Document(text: []) }
        let file = try MappedFile(path: path)
        let bytes = file.bytes(0..<file.byteCount)
        try file.checkUnchanged()
        let bad = TextEncoding.firstInvalid(bytes)
        let kind = bad != nil || TextEncoding.hasZero(bytes) ? TextEncoding.otherKind(bytes) : nil
        guard bad != nil || kind != nil else {
            let mark = TextEncoding.markLength(bytes)
            let text = mark == 0 ? bytes : Array(bytes.dropFirst(mark))
            try JSONLines.refuse(text, file: path)
            return Document(text: text)
        }
        if invalidText == .skip { return nil }
        throw FileError(
            file: path, name: kind == nil ? "byte \(bad ?? 0)" : "", expected: "text in UTF-8",
            found: kind ?? "0x" + String(bytes[bad ?? 0], radix: 16))
    }

    private func line(_ bytes: [UInt8], name: String) throws(FileError) -> Document {
        let line = try JSONMembers(bytes, name: name, atMost: limits.line)
        if line.keys.contains(JSONLines.messages) { return try conversation(bytes, line.keys, name: name) }
        guard line.keys.contains(where: JSONLines.keys.contains) else {
            throw FileError(
                file: name, expected: JSONLines.shape, found: line.summary + JSONLines.advice(line.keys))
        }
        let prompt = try line.text("prompt", name: name)
        let answer = try line.text("answer", name: name)
        return Document(
            text: Array((prompt + answer).utf8), promptLength: prompt.utf8.count, isPair: true,
            ignoredKeys: line.keys.filter { !JSONLines.keys.contains($0) })
    }

    private func conversation(_ bytes: [UInt8], _ keys: [String], name: String) throws(FileError) -> Document {
        if let key = keys.first(where: JSONLines.keys.contains) {
            throw FileError(
                file: name, expected: "\(JSONLines.messages.quoted) or a prompt with an answer",
                found: "\(JSONLines.messages.quoted) and \(key.quoted)")
        }
        let record = try ChatRecord(json: bytes, name: name, atMost: limits.line)
        let text = record.messages.map(\.content).joined(separator: "\n")
        return Document(text: Array(text.utf8), conversation: record, ignoredKeys: record.ignoredKeys)
    }
}
