public import CheckpointFiles

/// Texts to learn from, in a fixed order; each is read only when it is needed.
///
/// A file is one document, except that each line of a file `NAME.jsonl` or `NAME.ndjson` is: an object with a `prompt`
/// and its `answer`. A byte order mark at the beginning of a file is no part of its text.
public struct Corpus: Sendable {
    /// What is done with a document that is not UTF-8.
    public enum InvalidText: String, Sendable, CaseIterable {
        /// It is an error.
        case fail
        /// It is left out, and named in the end.
        case skip
    }

    /// A text in UTF-8, and how many of its bytes are a prompt.
    struct Document {
        var text: [UInt8]
        var promptLength = 0
        var isPair = false
        /// Keys of a pair that are ignored.
        var ignoredKeys: [String] = []
    }

    /// Where a document is: a whole file, or one of its lines.
    private enum Place: Sendable {
        case file(path: String)
        case line(file: Int, range: Range<Int>, number: Int)
    }

    private var places: [Place] = []
    /// Files of pairs, mapped.
    private var pairFiles: [MappedFile] = []

    /// The files, and whatever else was read to find them: no shard is written over one of these.
    public var inputs = InputFiles()

    /// How many documents there are.
    public var count: Int { places.count }

    /// The documents of files, in the order given.
    ///
    /// - Throws: ``CheckpointError`` where a file has a name of a kind that is no text, or a file of pairs cannot be
    ///   read; other files are read later.
    public init(files: [String]) throws(CheckpointError) {
        for path in files {
            inputs.add(path, as: "a text that is read")
            switch CorpusFileKind(path: path) {
            case .text: places.append(.file(path: path))
            // Counted as a document without text.
            case .lines where MappedFile.isEmpty(path: path): places.append(.file(path: path))
            case .lines: try addLines(of: MappedFile(path: path))
            case .refused(let found):
                throw CheckpointError(file: path, expected: "text in UTF-8 or JSON Lines", found: found)
            }
        }
    }

    private mutating func addLines(of file: MappedFile) throws(CheckpointError) {
        if let kind = TextEncoding.otherKind(file.bytes(0..<min(file.byteCount, 1024))) {
            throw CheckpointError(file: file.path, expected: "JSON Lines in UTF-8", found: kind)
        }
        let mark = TextEncoding.markLength(file.bytes(0..<min(file.byteCount, 3)))
        var start = mark
        var number = 0
        while start < file.byteCount {
            if InterruptionRequest.isMade {
                throw CheckpointError(file: file.path, expected: "to be read", found: "an interruption")
            }
            number += 1
            // One byte more than a line may have, so that a longer one is not read to its end.
            let part = start..<min(file.byteCount, start + ReadingLimit.text.byteCount + 1)
            let (end, isBlank) = file.withBytes(in: part) { bytes in bytes.firstLine }
            guard end <= ReadingLimit.text.byteCount else {
                throw CheckpointError(
                    file: file.path, name: "line \(number)",
                    expected: "at most \(ReadingLimit.text.byteCount) bytes", found: "more")
            }
            if !isBlank {
                places.append(.line(file: pairFiles.count, range: start..<start + end, number: number))
            }
            start += end + 1
        }
        pairFiles.append(file)
    }
}

extension RawSpan {
    /// Where the first line ends, and whether it has nothing but spaces.
    fileprivate var firstLine: (end: Int, isBlank: Bool) {
        var isBlank = true
        for offset in 0..<byteCount {
            switch unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) {
            case UInt8(ascii: "\n"): return (offset, isBlank)
            case 0x20, 0x09, 0x0D: continue
            default: isBlank = false
            }
        }
        return (byteCount, isBlank)
    }
}

extension Corpus {
    /// What errors call a document.
    func name(of document: Int) -> String {
        switch places[document] {
        case .file(let path): path
        case .line(let file, _, let number): "\(pairFiles[file].path), line \(number)"
        }
    }

    /// How many bytes a document has, before it is read; 0 where that cannot be told.
    func byteCount(of document: Int) -> Int {
        switch places[document] {
        case .file(let path): MappedFile.byteCount(path: path) ?? 0
        case .line(_, let range, _): range.count
        }
    }

    /// Reads a document; nil if it is to be skipped because it is not UTF-8.
    func read(_ document: Int, invalidText: InvalidText) throws(CheckpointError) -> Document? {
        switch places[document] {
        case .file(let path): return try text(path, invalidText)
        case .line(let file, let range, _):
            let line = pairFiles[file].bytes(range)
            try pairFiles[file].checkUnchanged()
            if invalidText == .skip, TextEncoding.firstInvalid(line) != nil { return nil }
            return try pair(line, name: name(of: document))
        }
    }

    private func text(_ path: String, _ invalidText: InvalidText) throws(CheckpointError) -> Document? {
        if MappedFile.isEmpty(path: path) { return Document(text: []) }
        let file = try MappedFile(path: path)
        // What a document, its words and its tokens take.
        try CheckpointError.checkMemory(10 * file.byteCount, file: path, name: "")
        let bytes = file.bytes(0..<file.byteCount)
        try file.checkUnchanged()
        let bad = TextEncoding.firstInvalid(bytes)
        let kind = bytes.contains(0) || bad != nil ? TextEncoding.otherKind(bytes) : nil
        guard bad != nil || kind != nil else {
            let mark = TextEncoding.markLength(bytes)
            let text = mark == 0 ? bytes : Array(bytes.dropFirst(mark))
            try checkThatItIsNoPair(text, path)
            return Document(text: text)
        }
        if invalidText == .skip { return nil }
        throw CheckpointError(
            file: path, name: kind == nil ? "byte \(bad ?? 0)" : "", expected: "text in UTF-8",
            found: kind ?? "0x" + String(bytes[bad ?? 0], radix: 16))
    }

    /// Refuses JSON Lines of pairs under another name, whose prompts would be learned as prose.
    private func checkThatItIsNoPair(_ text: [UInt8], _ path: String) throws(CheckpointError) {
        guard text.first == UInt8(ascii: "{"), let line = text.split(separator: UInt8(ascii: "\n")).first,
            let object = try? JSONMembers(Array(line), name: path), object["prompt"] != nil
        else { return }
        throw CheckpointError(
            file: path, expected: "prose",
            found: "JSON with the key \"prompt\" (rename it to .jsonl to learn only its answers)")
    }

    private func pair(_ bytes: [UInt8], name: String) throws(CheckpointError) -> Document {
        let line = try JSONMembers(bytes, name: name)
        let known = ["prompt", "answer"]
        guard known.contains(where: { line[$0] != nil }) else {
            throw CheckpointError(
                file: name, expected: #"{"prompt": "...", "answer": "..."}"#,
                found: line.summary + Self.advice(line.keys))
        }
        let prompt = try line.text("prompt", name: name)
        let answer = try line.text("answer", name: name)
        return Document(
            text: Array((prompt + answer).utf8), promptLength: prompt.utf8.count, isPair: true,
            ignoredKeys: line.keys.filter { !known.contains($0) })
    }

    /// What to do about the usual other shapes.
    private static func advice(_ keys: [String]) -> String {
        if keys.contains("messages") || keys.contains("conversations") {
            return " (chats are not read: write each answer with what comes before it as its prompt)"
        }
        if keys.contains("text") || keys.contains("content") {
            return #" (of a text without a prompt, write "prompt": "" and "answer": the text)"#
        }
        return " (rename the keys)"
    }
}
