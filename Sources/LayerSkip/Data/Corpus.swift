public import CheckpointFiles

/// A list of texts for training, in a fixed order. Each is read only when needed.
///
/// A file is one document, except that each line of `NAME.jsonl` or `NAME.ndjson` is one: an object with a `prompt` and
/// an `answer`, or with the `messages` of a conversation. A byte order mark at the beginning of a file is not part of
/// its text.
public struct Corpus: Sendable {
    /// The treatment of documents that are not UTF-8.
    public enum InvalidText: String, Sendable, CaseIterable {
        /// They are errors.
        case fail
        /// They are left out and listed in the remarks.
        case skip
    }

    /// A text in UTF-8, and the length of its prompt in bytes.
    struct Document {
        var text: [UInt8]
        var promptLength = 0
        var isPair = false
        /// The conversation; nil for other documents. Its text consists of the messages' contents.
        var conversation: ChatRecord?
        /// Keys of a pair or a conversation that are ignored.
        var ignoredKeys: [String] = []

        /// Whether there is nothing to learn from. A conversation may consist of calls of tools.
        var isEmpty: Bool { text.isEmpty && conversation == nil }
    }

    /// The location of a document: a whole file, or a line of one.
    enum Place: Sendable {
        case file(path: String)
        case line(file: Int, range: Range<Int>, number: Int)
    }

    private(set) var places: [Place] = []
    /// The mapped files of pairs.
    private(set) var pairFiles: [MappedFile] = []
    /// Limits on how much is read at once.
    let limits: CorpusLimits

    /// The files, and other files that were read to find them. No output may replace one of these.
    public var inputs = InputFiles()

    /// The number of documents.
    public var count: Int { places.count }

    /// Creates a corpus of the documents in files, in the given order.
    ///
    /// - Throws: ``FileError`` if a file's name shows that it is not text, or if a file of pairs cannot be read. Other
    ///   files are read later.
    public init(files: [String]) throws(FileError) { try self.init(files: files, limits: CorpusLimits()) }

    /// Creates a corpus of the documents in files, in the given order, with other limits.
    package init(files: [String], limits: CorpusLimits) throws(FileError) {
        self.limits = limits
        for path in files {
            inputs.add(path, as: "a text that is read")
            switch CorpusFileKind(path: path) {
            case .text: places.append(.file(path: path))
            // An empty file counts as a document without text.
            case .lines where MappedFile.isEmpty(path: path): places.append(.file(path: path))
            case .lines: try addLines(of: MappedFile(path: path))
            case .refused(let found):
                throw FileError(file: path, expected: "text in UTF-8 or JSON Lines", found: found)
            }
        }
    }

    private mutating func addLines(of file: MappedFile) throws(FileError) {
        if let kind = TextEncoding.otherKind(file.bytes(0..<min(file.byteCount, 1024))) {
            throw FileError(file: file.path, expected: "JSON Lines in UTF-8", found: kind)
        }
        let mark = TextEncoding.markLength(file.bytes(0..<min(file.byteCount, 3)))
        var start = mark
        var number = 0
        while start < file.byteCount {
            if InterruptionRequest.isMade {
                throw FileError(file: file.path, expected: "to be read", found: "an interruption")
            }
            number += 1
            // One byte more than the limit, so that a longer line is not read to its end.
            let part = start..<min(file.byteCount, start + limits.line.byteCount + 1)
            let (end, isBlank) = file.withBytes(in: part) { bytes in bytes.firstLine }
            guard end <= limits.line.byteCount else {
                throw FileError(
                    file: file.path, name: "line \(number)",
                    expected: "at most \(limits.line.byteCount) bytes", found: "more")
            }
            if !isBlank {
                if places.count == places.capacity {
                    let growth = 2 * places.count * MemoryLayout<Place>.stride
                    try FileError.checkMemory(growth, file: file.path, name: "line \(number)")
                }
                places.append(.line(file: pairFiles.count, range: start..<start + end, number: number))
            }
            start += end + 1
        }
        pairFiles.append(file)
    }
}

extension RawSpan {
    /// The end of the first line, and whether the line is blank.
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
    /// Returns the name of a document in errors.
    func name(of document: Int) -> String {
        switch places[document] {
        case .file(let path): path
        case .line(let file, _, let number): "\(pairFiles[file].path), line \(number)"
        }
    }

    /// The error of a corpus without any text.
    var emptiness: FileError {
        FileError(
            file: count > 0 ? name(of: 0) : "corpus",
            name: count > 1 ? "and \((count - 1).counted("other input"))" : "",
            expected: "some text in UTF-8", found: "none")
    }

    /// Throws if there is not enough memory for something made from all documents.
    func checkMemory(_ byteCount: Int, for purpose: String) throws(FileError) {
        let others = count - 1
        let name = others > 0 ? "and \(others.counted("other input")), \(purpose)" : purpose
        try FileError.checkMemory(byteCount, file: self.name(of: 0), name: name)
    }

    /// Returns the size of a document in bytes before it is read, or 0 if unknown.
    func byteCount(of document: Int) -> Int {
        switch places[document] {
        case .file(let path): MappedFile.byteCount(path: path) ?? 0
        case .line(_, let range, _): range.count
        }
    }
}
