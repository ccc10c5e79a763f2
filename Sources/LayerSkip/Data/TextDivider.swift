import CheckpointFiles

/// Divides a text file into documents at a separator, such as `<|endoftext|>`. The line ends around a separator belong
/// to it.
struct TextDivider {
    private let file: MappedFile
    private let separator: [UInt8]

    /// - Parameter separator: nil if the whole file is one document.
    init(_ file: MappedFile, separator: String?) {
        self.file = file
        self.separator = Array((separator ?? "").utf8)
    }

    /// Calls a function with the range and number of each document. Nothing after the last separator is no document.
    func forEach(_ body: (Range<Int>, Int) throws(FileError) -> Void) throws(FileError) {
        guard !separator.isEmpty else { return try body(0..<file.byteCount, 1) }
        var start = 0
        var number = 0
        while true {
            if InterruptionRequest.isMade {
                throw FileError(file: file.path, expected: "to be read", found: "an interruption")
            }
            let found = nextSeparator(from: start)
            let end = found ?? file.byteCount
            if found == nil, start >= end { return }
            number += 1
            try body(found == nil ? start..<end : withoutLineEnd(start..<end), number)
            guard found != nil else { return }
            start = afterLineEnd(end + separator.count)
        }
    }

    private func nextSeparator(from start: Int) -> Int? {
        // Portions that overlap, so that no separator is divided.
        let portion = 1 << 20
        var place = start
        while place < file.byteCount {
            let part = place..<min(file.byteCount, place + portion + separator.count - 1)
            if let offset = file.withBytes(in: part, { bytes in bytes.first(separator) }) { return place + offset }
            place += portion
        }
        return nil
    }

    private func withoutLineEnd(_ range: Range<Int>) -> Range<Int> {
        let last = file.bytes(max(range.lowerBound, range.upperBound - 2)..<range.upperBound)
        guard last.last == UInt8(ascii: "\n") else { return range }
        let length = last.count == 2 && last[0] == UInt8(ascii: "\r") ? 2 : 1
        return range.lowerBound..<range.upperBound - length
    }

    private func afterLineEnd(_ place: Int) -> Int {
        let next = file.bytes(place..<min(file.byteCount, place + 2))
        if next.first == UInt8(ascii: "\n") { return place + 1 }
        return next == Array("\r\n".utf8) ? place + 2 : place
    }
}

extension RawSpan {
    /// The first occurrence of bytes.
    fileprivate func first(_ bytes: [UInt8]) -> Int? {
        func byte(_ offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
        guard byteCount >= bytes.count else { return nil }
        let first = bytes[0]
        return (0...byteCount - bytes.count).first { offset in
            byte(offset) == first && bytes.indices.dropFirst().allSatisfy { byte(offset + $0) == bytes[$0] }
        }
    }
}
