import CheckpointFiles

/// Finds the records in a file of JSON Lines or JSON, without reading them.
struct RecordDivider {
    private let file: MappedFile
    /// The maximum size of a record in bytes.
    private let limit: Int

    init(_ file: MappedFile, limit: Int) {
        self.file = file
        self.limit = limit
    }

    private func checkInterruption() throws(FileError) {
        if InterruptionRequest.isMade {
            throw FileError(file: file.path, expected: "to be read", found: "an interruption")
        }
    }

    private func tooLong(_ line: Int) -> FileError {
        FileError(file: file.path, name: "line \(line)", expected: "at most \(limit) bytes", found: "more")
    }

    private var start: Int { TextEncoding.markLength(file.bytes(0..<min(file.byteCount, 3))) }

    /// Calls a function with the range and number of each line that is not blank.
    func forEachLine(_ body: (Range<Int>, Int) throws(FileError) -> Void) throws(FileError) {
        var start = start
        var number = 0
        while start < file.byteCount {
            try checkInterruption()
            number += 1
            // One byte more than the limit, so that a longer line is not read to its end.
            let part = start..<min(file.byteCount, start + limit + 1)
            let (end, isBlank) = file.withBytes(in: part) { bytes in bytes.firstLine }
            guard end <= limit else { throw tooLong(number) }
            if !isBlank { try body(start..<start + end, number) }
            start += end + 1
        }
    }

    /// Calls a function with the range of each object, and the line where it begins. The file is a list of objects, or
    /// objects after each other.
    func forEachRecord(_ body: (Range<Int>, Int) throws(FileError) -> Void) throws(FileError) {
        var place = start
        var line = 1
        try skipSpace(&place, &line)
        let isList = peek(place) == UInt8(ascii: "[")
        if isList { place += 1 }
        var count = 0
        while true {
            try checkInterruption()
            try skipSpace(&place, &line)
            let next = peek(place)
            if isList, next == UInt8(ascii: "]") {
                place += 1
                try skipSpace(&place, &line)
                guard place == file.byteCount else { throw fault(line, "the end after the list", place) }
                return
            }
            if !isList, next == nil, count > 0 { return }
            if isList, count > 0 {
                guard next == UInt8(ascii: ",") else { throw fault(line, "\",\" or \"]\"", place) }
                place += 1
                try skipSpace(&place, &line)
            }
            guard peek(place) == UInt8(ascii: "{") else { throw fault(line, "a record: an object", place) }
            let end = try objectEnd(place, line)
            try body(place..<end, line)
            line += file.withBytes(in: place..<end) { bytes in bytes.lineFeeds }
            place = end
            count += 1
        }
    }

    private func fault(_ line: Int, _ expected: String, _ place: Int) -> FileError {
        let found = peek(place).map { "\"" + String(decoding: [$0], as: UTF8.self) + "\"" } ?? "the end"
        return FileError(file: file.path, name: "line \(line)", expected: expected, found: found)
    }

    private func peek(_ place: Int) -> UInt8? {
        place < file.byteCount ? file.bytes(place..<place + 1)[0] : nil
    }

    private func skipSpace(_ place: inout Int, _ line: inout Int) throws(FileError) {
        while place < file.byteCount {
            let part = place..<min(file.byteCount, place + (1 << 16))
            let (count, lines) = file.withBytes(in: part) { bytes in bytes.space }
            place += count
            line += lines
            if count < part.count { return }
        }
    }

    /// The end of the object that begins at a place. What is in it is checked when it is read.
    private func objectEnd(_ place: Int, _ line: Int) throws(FileError) -> Int {
        let part = place..<min(file.byteCount, place + limit + 1)
        guard let count = file.withBytes(in: part, { bytes in bytes.objectLength }) else {
            throw part.count > limit ? tooLong(line) : fault(line, "an object that ends", file.byteCount)
        }
        guard count <= limit else { throw tooLong(line) }
        return place + count
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

    /// The number of bytes of whitespace at the beginning, and of line feeds among them.
    fileprivate var space: (count: Int, lines: Int) {
        var lines = 0
        for offset in 0..<byteCount {
            switch unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) {
            case UInt8(ascii: "\n"): lines += 1
            case 0x20, 0x09, 0x0D: continue
            default: return (offset, lines)
            }
        }
        return (byteCount, lines)
    }

    fileprivate var lineFeeds: Int {
        (0..<byteCount).count { unsafe unsafeLoad(fromByteOffset: $0, as: UInt8.self) == UInt8(ascii: "\n") }
    }

    /// The length of the object or list at the beginning; nil if it does not end.
    fileprivate var objectLength: Int? {
        var depth = 0
        var isText = false
        var offset = 0
        while offset < byteCount {
            let byte = unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
            offset += 1
            switch byte {
            case UInt8(ascii: "\\") where isText: offset += 1
            case UInt8(ascii: "\""): isText.toggle()
            case _ where isText: continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return offset }
            default: continue
            }
        }
        return nil
    }
}
