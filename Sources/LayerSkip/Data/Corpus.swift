public import CheckpointFiles

/// A list of texts for training, in a fixed order. Each is read only when needed.
///
/// A text file is one document, or several if a separator divides it. In JSON Lines (`.jsonl`, `.ndjson`) and JSON
/// (`.json`), each record is one: an object with the `messages` of a conversation, a `prompt` and an `answer`, or one of
/// the other forms of ``RecordForm``. Files may be compressed by gzip (`.gz`). A byte order mark at the beginning of a
/// file is not part of its text.
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
        /// The form in which an instruction is a prompt with an answer, for tokenizers without a chat template.
        var instruction: InstructionPair?
        /// Keys of a record that are ignored.
        var ignoredKeys: [String] = []

        /// Whether there is nothing to learn from. A conversation may consist of calls of tools.
        var isEmpty: Bool { text.isEmpty && conversation == nil }
    }

    /// The location of a document: a whole file, or a part of a mapped one.
    enum Place: Sendable {
        case file(path: String)
        case text(file: Int, range: Range<Int>, number: Int)
        case record(file: Int, range: Range<Int>, line: Int)
    }

    /// A mapped file and the form of its records.
    struct Source: Sendable {
        let file: MappedFile
        /// nil for texts, and if the first record has no known form.
        var form: RecordForm?
        /// The line of the first record.
        var firstLine = 1
    }

    private(set) var places: [Place] = []
    /// The mapped files.
    private(set) var sources: [Source] = []
    /// Whether there are records, whose parts may be scored separately.
    package private(set) var hasRecords = false
    /// Whether there are texts, which a separator may divide.
    package var hasTexts: Bool {
        places.contains { if case .record = $0 { false } else { true } }
    }
    /// Limits on how much is read at once.
    let limits: CorpusLimits
    /// What divides text files into documents; nil if nothing does.
    let separator: String?
    /// The form of all records; nil for the form of each file's first record.
    let form: RecordForm?

    /// The files, and other files that were read to find them. No output may replace one of these.
    public var inputs = InputFiles()

    /// The number of documents.
    public var count: Int { places.count }

    /// Creates a corpus of the documents in files, in the given order.
    ///
    /// - Parameters:
    ///   - files: paths of files and pipes; `-` is standard input.
    ///   - separator: a text such as `<|endoftext|>` that divides text files into documents.
    ///   - form: the form of all records; nil to recognize that of each file by its first record.
    /// - Throws: ``FileError`` if a file's name shows that it is not text, or if a file of records or a stream cannot be
    ///   read. Other files are read later.
    public init(files: [String], separator: String? = nil, form: RecordForm? = nil) throws(FileError) {
        try self.init(files: files, separator: separator, form: form, limits: CorpusLimits())
    }

    /// Creates a corpus of the documents in files, in the given order, with other limits.
    package init(
        files: [String], separator: String? = nil, form: RecordForm? = nil, limits: CorpusLimits
    ) throws(FileError) {
        self.limits = limits
        self.separator = separator.flatMap { $0.isEmpty ? nil : $0 }
        self.form = form
        for path in files {
            inputs.add(path == "-" ? "/dev/stdin" : path, as: "a text that is read")
            try add(path)
        }
    }

    private mutating func add(_ path: String) throws(FileError) {
        let (name, isCompressed) = CorpusFileKind.unpacked(path)
        var kind = path == "-" ? .text : CorpusFileKind(path: name)
        if case .refused(let found) = kind {
            throw FileError(file: path, expected: "text in UTF-8, JSON Lines or JSON", found: found)
        }
        let isStream = path == "-" || StreamedFile.isStream(path)
        guard isStream || isCompressed else {
            // An empty file counts as a document without text.
            if kind == .text && separator == nil || MappedFile.isEmpty(path: path) {
                return places.append(.file(path: path))
            }
            return try add(MappedFile(path: path), kind)
        }
        let file = isStream ? try StreamedFile.map(stream: path) : try StreamedFile.map(gzip: path)
        guard let file else {
            throw FileError(file: StreamedFile.name(of: path), expected: "some text in UTF-8", found: "none")
        }
        if path == "-" || CorpusFileKind.isUnknown(name) {
            kind = CorpusFileKind(content: file.bytes(0..<min(file.byteCount, 4096)))
        }
        try add(file, kind)
    }

    private mutating func add(_ file: MappedFile, _ kind: CorpusFileKind) throws(FileError) {
        let index = sources.count
        sources.append(Source(file: file))
        guard kind != .text else {
            return try TextDivider(file, separator: separator).forEach { (range, number) throws(FileError) in
                try append(.text(file: index, range: range, number: number))
            }
        }
        hasRecords = true
        if let kind = TextEncoding.otherKind(file.bytes(0..<min(file.byteCount, 1024))) {
            throw FileError(file: file.path, expected: "JSON in UTF-8", found: kind)
        }
        sources[index].form = form
        let take = { (range: Range<Int>, line: Int, corpus: inout Corpus) throws(FileError) in
            if corpus.sources[index].form == nil, corpus.places.last?.source != index {
                corpus.sources[index].form = corpus.form(ofFirst: range, in: file)
                corpus.sources[index].firstLine = line
            }
            try corpus.append(.record(file: index, range: range, line: line))
        }
        let divider = RecordDivider(file, limit: limits.line.byteCount)
        if kind == .lines {
            try divider.forEachLine { (range, line) throws(FileError) in try take(range, line, &self) }
        } else {
            try divider.forEachRecord { (range, line) throws(FileError) in try take(range, line, &self) }
        }
    }

    /// The form of a file's first record; nil if it has none, which is an error when the record is read.
    private func form(ofFirst range: Range<Int>, in file: MappedFile) -> RecordForm? {
        let record = try? JSONMembers(file.bytes(range), name: file.path, atMost: limits.line)
        return record.flatMap { RecordForm(recordWith: $0.keys) }
    }

    private mutating func append(_ place: Place) throws(FileError) {
        if places.count == places.capacity {
            let growth = 2 * places.count * MemoryLayout<Place>.stride
            try FileError.checkMemory(growth, file: places.isEmpty ? "corpus" : name(of: places.count - 1), name: "")
        }
        places.append(place)
    }
}

extension Corpus.Place {
    /// The number of the mapped file; nil for a whole file.
    fileprivate var source: Int? {
        switch self {
        case .file: nil
        case .text(let file, _, _), .record(let file, _, _): file
        }
    }
}

extension Corpus {
    /// Returns the name of a document in errors.
    func name(of document: Int) -> String {
        switch places[document] {
        case .file(let path): path
        case .text(let file, _, let number):
            separator == nil ? sources[file].file.path : "\(sources[file].file.path), text \(number)"
        case .record(let file, _, let line): "\(sources[file].file.path), line \(line)"
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
        case .text(_, let range, _), .record(_, let range, _): range.count
        }
    }
}
