/// A text as UTF-8, each byte of which knows where it comes from.
struct MarkedText: Sendable {
    private(set) var bytes: [UInt8]
    private(set) var isASCII: Bool
    /// The mark of the first byte. Most texts have no other.
    private(set) var firstMark: Mark
    /// Offsets at which another mark begins, ascending.
    private(set) var changes: [Change]
    /// Whether the text is Markup in Jinja's sense, which escapes the texts added to it.
    var isMarkup = false

    struct Change: Sendable {
        var offset: Int
        var mark: Mark
    }

    static let empty = MarkedText([])

    init(_ bytes: [UInt8], mark: Mark = .template) {
        self.bytes = bytes
        isASCII = bytes.allSatisfy { $0 < 0x80 }
        firstMark = mark
        changes = []
    }

    init(_ text: String, mark: Mark = .template) { self.init(Array(text.utf8), mark: mark) }

    /// The bytes of memory that the text takes, more or less.
    var size: Int { bytes.count + changes.count * Self.sizeOfChange }

    static let sizeOfChange = MemoryLayout<Change>.stride

    var isEmpty: Bool { bytes.isEmpty }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The ranges of equal marks, in order; none for an empty text.
    var runs: [(range: Range<Int>, mark: Mark)] {
        guard !bytes.isEmpty else { return [] }
        var runs: [(Range<Int>, Mark)] = []
        var start = 0
        var mark = firstMark
        for change in changes {
            runs.append((start..<change.offset, mark))
            (start, mark) = (change.offset, change.mark)
        }
        runs.append((start..<bytes.count, mark))
        return runs
    }

    /// The mark of the byte at an offset.
    func mark(at offset: Int) -> Mark {
        guard !changes.isEmpty else { return firstMark }
        let next = firstChange(after: offset)
        return next == 0 ? firstMark : changes[next - 1].mark
    }

    /// The mark of a text derived from this one without keeping bytes apart: that of the input if any byte is.
    var overallMark: Mark {
        changes.reduce(bytes.isEmpty ? .template : firstMark) { $0.union($1.mark) }
    }

    private func firstChange(after offset: Int) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A part of the text; the range is in bytes and on boundaries of characters.
    subscript(range: Range<Int>) -> MarkedText {
        if range.count == bytes.count { return self }
        var part = MarkedText.empty
        part.append(self, range)
        part.isMarkup = isMarkup
        return part
    }

    /// Appends a part of a text; the range is in bytes and on boundaries of characters.
    mutating func append(_ other: MarkedText, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        begin(other.mark(at: range.lowerBound))
        let growth = bytes.count - range.lowerBound
        var index = other.changes.isEmpty ? 0 : other.firstChange(after: range.lowerBound)
        while index < other.changes.count, other.changes[index].offset < range.upperBound {
            changes.append(Change(offset: other.changes[index].offset + growth, mark: other.changes[index].mark))
            index += 1
        }
        let part = other.bytes[range]
        bytes += part
        if isASCII, !other.isASCII { isASCII = part.allSatisfy { $0 < 0x80 } }
    }

    mutating func append(_ other: MarkedText) {
        guard !other.isEmpty else { return }
        begin(other.firstMark)
        for change in other.changes { changes.append(Change(offset: bytes.count + change.offset, mark: change.mark)) }
        bytes += other.bytes
        isASCII = isASCII && other.isASCII
    }

    /// Appends a text several times, in a few large steps.
    mutating func append(_ other: MarkedText, times: Int) {
        var (block, left) = (other, times)
        while left > 0 {
            if !left.isMultiple(of: 2) { append(block) }
            left /= 2
            if left > 0 {
                let half = block
                block.append(half)
            }
        }
    }

    mutating func append(_ text: some Sequence<UInt8>, mark: Mark = .template) {
        let start = bytes.count
        bytes += text
        guard bytes.count > start else { return }
        begin(mark, at: start)
        if isASCII { isASCII = bytes[start...].allSatisfy { $0 < 0x80 } }
    }

    mutating func append(_ text: String, mark: Mark = .template) { append(text.utf8, mark: mark) }

    /// The text with a mark added to every byte.
    func marked(_ addition: Mark) -> MarkedText {
        var text = self
        text.firstMark.formUnion(addition)
        for index in changes.indices { text.changes[index].mark.formUnion(addition) }
        return text
    }

    private mutating func begin(_ mark: Mark) { begin(mark, at: bytes.count) }

    private mutating func begin(_ mark: Mark, at offset: Int) {
        if offset == 0 {
            firstMark = mark
        } else if (changes.last?.mark ?? firstMark) != mark {
            changes.append(Change(offset: offset, mark: mark))
        }
    }
}

extension MarkedText: Hashable {
    /// Texts are equal if their bytes are, as in Python; their origin does not matter.
    static func == (left: MarkedText, right: MarkedText) -> Bool { left.bytes == right.bytes }

    func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
