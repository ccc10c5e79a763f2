public import CheckpointFiles

/// Texts to learn from, in a fixed order; each is read only when it is needed.
///
/// A file is one document, except that each line of a file `NAME.jsonl` is: an object with a `prompt` and its `answer`.
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
    }

    /// Where a document is: a whole file, or one of its lines.
    private enum Place: Sendable {
        case file(path: String)
        case line(file: Int, range: Range<Int>, number: Int)
    }

    private var places: [Place] = []
    /// Files of pairs, mapped.
    private var pairFiles: [MappedFile] = []

    /// How many documents there are.
    public var count: Int { places.count }

    /// The documents of files, in the order given.
    ///
    /// - Throws: ``CheckpointError`` where a file of pairs cannot be read; other files are read later.
    public init(files: [String]) throws(CheckpointError) {
        for path in files {
            if path.hasSuffix(".jsonl") {
                if !MappedFile.isEmpty(path: path) { try addLines(of: MappedFile(path: path)) }
            } else {
                places.append(.file(path: path))
            }
        }
    }

    private mutating func addLines(of file: MappedFile) {
        let bytes = file.bytes(0..<file.byteCount)
        var start = 0
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if !line.allSatisfy({ [0x20, 0x09, 0x0D].contains($0) }) {
                places.append(.line(file: pairFiles.count, range: start..<start + line.count, number: index + 1))
            }
            start += line.count + 1
        }
        pairFiles.append(file)
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

    /// Reads a document; nil if it is to be skipped because it is not UTF-8.
    func read(_ document: Int, invalidText: InvalidText) throws(CheckpointError) -> Document? {
        switch places[document] {
        case .file(let path):
            if MappedFile.isEmpty(path: path) { return Document(text: []) }
            let file = try MappedFile(path: path)
            // What a document, its words and its tokens take.
            try CheckpointError.checkMemory(10 * file.byteCount, file: path, name: "")
            let text = file.bytes(0..<file.byteCount)
            if let bad = text.firstInvalidUTF8 {
                if invalidText == .skip { return nil }
                throw CheckpointError(
                    file: path, name: "byte \(bad)", expected: "text in UTF-8",
                    found: "0x" + String(text[bad], radix: 16))
            }
            return Document(text: text)
        case .line(let file, let range, _):
            let line = pairFiles[file].bytes(range)
            if line.firstInvalidUTF8 != nil, invalidText == .skip { return nil }
            guard let pair: Pair = JSONText.decode(line: line) else {
                throw CheckpointError(
                    file: name(of: document), expected: "{\"prompt\": \"...\", \"answer\": \"...\"}",
                    found: String(decoding: line, as: UTF8.self).quoted)
            }
            return Document(text: Array((pair.prompt + pair.answer).utf8), promptLength: pair.prompt.utf8.count)
        }
    }

    private struct Pair: Decodable {
        let prompt: String
        let answer: String
    }
}

extension [UInt8] {
    /// Where the first byte stands that is no part of valid UTF-8; nil where all are.
    fileprivate var firstInvalidUTF8: Int? {
        if String(validating: self, as: UTF8.self) != nil { return nil }
        var decoder = UTF8()
        var iterator = makeIterator()
        var valid = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += UTF8.width(scalar) }
        return valid
    }
}
