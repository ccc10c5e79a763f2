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
    enum Place: Sendable {
        case file(path: String)
        case line(file: Int, range: Range<Int>, number: Int)
    }

    private(set) var places: [Place] = []
    /// Files of pairs, mapped.
    private(set) var pairFiles: [MappedFile] = []
    /// How much is read at once.
    let limits: CorpusLimits

    /// The files, and whatever else was read to find them: no shard is written over one of these.
    public var inputs = InputFiles()

    /// How many documents there are.
    public var count: Int { places.count }

    /// The documents of files, in the order given.
    ///
    /// - Throws: ``FileError`` where a file has a name of a kind that is no text, or a file of pairs cannot be
    ///   read; other files are read later.
    public init(files: [String]) throws(FileError) { try self.init(files: files, limits: CorpusLimits()) }

    /// The documents of files, in the order given.
    package init(files: [String], limits: CorpusLimits) throws(FileError) {
        self.limits = limits
        for path in files {
            inputs.add(path, as: "a text that is read")
            switch CorpusFileKind(path: path) {
            case .text: places.append(.file(path: path))
            // Counted as a document without text.
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
            // One byte more than a line may have, so that a longer one is not read to its end.
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

    /// The error of a corpus without any text.
    var emptiness: FileError {
        FileError(
            file: count > 0 ? name(of: 0) : "corpus",
            name: count > 1 ? "and \((count - 1).counted("other input"))" : "",
            expected: "some text in UTF-8", found: "none")
    }

    /// Throws unless there is memory for something that is made of all documents.
    func checkMemory(_ byteCount: Int, for purpose: String) throws(FileError) {
        let others = count - 1
        let name = others > 0 ? "and \(others.counted("other input")), \(purpose)" : purpose
        try FileError.checkMemory(byteCount, file: self.name(of: 0), name: name)
    }

    /// How many bytes a document has, before it is read; 0 where that cannot be told.
    func byteCount(of document: Int) -> Int {
        switch places[document] {
        case .file(let path): MappedFile.byteCount(path: path) ?? 0
        case .line(_, let range, _): range.count
        }
    }
}
