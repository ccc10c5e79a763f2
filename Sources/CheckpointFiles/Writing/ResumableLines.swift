/// A file of results that grows by a line for each piece of work, and that a later run of the same work continues.
///
/// After a crash, each line is complete or the last one is cut off; the next run removes the cut-off line. Devices and
/// pipes are written from the beginning. One program at a time writes to the file.
package final class ResumableLines: Sendable {
    /// The number of lines that the file had when it was opened.
    package let keptCount: Int
    private let path: String
    private let file: OwnedDescriptor
    /// Whether the file is a device or a pipe, whose lines cannot be taken back.
    private let isStream: Bool

    /// A line of the file when it is opened.
    package struct Found {
        /// The line without its end.
        package let bytes: ArraySlice<UInt8>
        /// The number of lines before it.
        package let index: Int
        /// Whether it has a line end. Only the last line may lack one.
        package let isComplete: Bool
    }

    /// Opens a file to continue it, or creates one.
    ///
    /// - Parameters:
    ///   - replaces: whether all lines of an existing file are removed first.
    ///   - check: called with each line that the file has; throws if it is not one of this work. The file is then
    ///     unchanged.
    /// - Throws: ``FileError`` if the file cannot be read or written, or another program writes to it.
    package init(
        path: String, replaces: Bool = false, check: (Found) throws(FileError) -> Void
    ) throws(FileError) {
        let expected = "a file to write to"
        self.path = path
        let place: String
        switch try WritingPlace(path, expected: expected) {
        case .folder: throw FileError(file: path, expected: expected, found: "a folder; choose another output")
        case .stream(let stream):
            file = OwnedDescriptor(
                try FileError.explaining(path, expected: expected, try SystemCalls.openStream(stream)))
            (isStream, keptCount) = (true, 0)
            return
        case .descriptor(let number):
            file = OwnedDescriptor(
                try FileError.explaining(path, expected: expected, try SystemCalls.duplicateForWriting(number)))
            (isStream, keptCount) = (true, 0)
            return
        case .file(let file, _): place = file
        }
        isStream = false
        file = OwnedDescriptor(
            try FileError.explaining(path, expected: expected, try SystemCalls.openPartial(place)))
        do {
            try SystemCalls.lock(file.number)
        } catch .wouldBlock {
            throw FileError(
                file: path, expected: "an output of this program alone",
                found: "one that another program is writing; wait for it, or choose another output")
        } catch {
            throw FileError(file: path, expected: "a file that can be locked", found: error.description)
        }
        if replaces {
            keptCount = 0
            try FileError.explaining(path, expected: expected, try SystemCalls.empty(file.number))
        } else {
            let kept = try Self.keptLines(of: place, check)
            keptCount = kept.count
            try FileError.explaining(
                path, expected: expected, try SystemCalls.truncate(file.number, to: kept.byteCount))
        }
    }

    /// The first line of a file, if it is complete; nil also for what is no file.
    package static func firstLine(of path: String) -> [UInt8]? {
        guard case .file(let byteCount)? = SystemCalls.kind(of: path), byteCount > 0,
            let file = try? MappedFile(path: path)
        else { return nil }
        let bytes = file.bytes(0..<file.byteCount)
        return bytes.firstIndex(of: UInt8(ascii: "\n")).map { Array(bytes[..<$0]) }
    }

    /// The complete lines of a file, after all of its lines have been checked.
    private static func keptLines(
        of path: String, _ check: (Found) throws(FileError) -> Void
    ) throws(FileError) -> (count: Int, byteCount: Int) {
        guard case .file(let byteCount)? = SystemCalls.kind(of: path), byteCount > 0 else { return (0, 0) }
        let file = try MappedFile(path: path)
        let bytes = file.bytes(0..<file.byteCount)
        var (count, start) = (0, bytes.startIndex)
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            try check(Found(bytes: bytes[start..<(end ?? bytes.endIndex)], index: count, isComplete: end != nil))
            guard let end else { break }
            count += 1
            start = end + 1
        }
        return (count, start - bytes.startIndex)
    }

    /// Appends a line, given without its line end. If it cannot be written, the file ends with the line before.
    ///
    /// - Throws: ``FileError`` if it cannot be written.
    package func append(_ line: [UInt8]) throws(FileError) {
        let length = isStream ? nil : SystemCalls.byteCount(of: file.number)
        do {
            try (line + [UInt8(ascii: "\n")]).span.bytes.withUnsafeBytes { (bytes) throws(SystemError) in
                try SystemCalls.write(bytes, to: file.number, canWait: isStream)
            }
        } catch {
            if let length { try? SystemCalls.truncate(file.number, to: length) }
            if error == .interrupted {
                throw FileError(file: path, expected: "a place to write to", found: "an interruption")
            }
            throw FileError(
                file: path, expected: "a disk that can be written to",
                found: "\(error); the same command continues after the last line once there is room")
        }
    }

    /// Waits until all lines are on disk.
    ///
    /// - Throws: ``FileError`` if the disk fails.
    package func synchronize() throws(FileError) {
        try FileError.explaining(path, expected: "a disk that can be written to", try file.synchronize())
    }
}
