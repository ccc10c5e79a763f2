import CLibc

/// A reader of gzip files, by the zlib that the system has. It is looked for at run time, so the program itself needs
/// none.
///
/// zlib's own reader of files ignores everything after the last part that it recognizes, so a damaged later part of a
/// file would be lost without an error. Here, only zeros may follow, as for `gzip`.
struct GzipReader: ~Copyable {
    private let file: MappedFile
    private let library: Zlib
    private let stream: UnsafeMutablePointer<Zlib.Stream>
    /// The number of bytes of the file that have been read.
    private var place = 0
    /// Whether the next bytes, if there are any, begin another part of the file.
    private var isPartComplete = false

    /// Opens a gzip file.
    ///
    /// - Throws: if it cannot be read, is not a gzip file, or there is no zlib.
    init(_ path: String) throws(FileError) {
        let file = try MappedFile(path: path)
        guard Self.isStart(file, at: 0) else {
            throw FileError(file: path, expected: "a gzip file, as its name says", found: "a file of another kind")
        }
        guard let library = Zlib() else {
            throw FileError(
                file: path, expected: "the library zlib (libz.so.1), to read a .gz file",
                found: "none; install it (zlib1g), or unpack the file with gunzip first")
        }
        let stream = UnsafeMutablePointer<Zlib.Stream>.allocate(capacity: 1)
        stream.initialize(to: Zlib.Stream())
        let code = library.begin(stream)
        guard code == 0 else {
            stream.deallocate()
            throw FileError(file: path, expected: "memory to unpack it", found: "error \(code) of zlib")
        }
        self.file = file
        self.library = library
        self.stream = stream
    }

    deinit {
        _ = library.end(stream)
        stream.deallocate()
    }

    private static func isStart(_ file: MappedFile, at place: Int) -> Bool {
        file.byteCount - place >= 2 && file.bytes(place..<place + 2) == [0x1F, 0x8B]
    }

    /// Fills a buffer with unpacked bytes.
    ///
    /// - Returns: their number, 0 at the end.
    /// - Throws: if the file is damaged or incomplete.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            if isPartComplete {
                guard try beginPart() else { return 0 }
            }
            let part = place..<min(file.byteCount, place + (1 << 20))
            guard !part.isEmpty else { throw damage("its end is missing") }
            let count = min(buffer.count, 1 << 30)
            stream.pointee.output = buffer.baseAddress
            stream.pointee.outputRoom = UInt32(count)
            let code = file.withBytes(in: part) { [library, stream] bytes in
                bytes.withUnsafeBytes { bytes in
                    stream.pointee.input = bytes.baseAddress
                    stream.pointee.inputCount = UInt32(bytes.count)
                    return library.unpack(stream, 0)
                }
            }
            place = part.upperBound - Int(stream.pointee.inputCount)
            isPartComplete = code == Zlib.end
            guard code == 0 || isPartComplete else {
                throw damage(stream.pointee.message.map { String(cString: $0) } ?? "error \(code) of zlib")
            }
            let written = count - Int(stream.pointee.outputRoom)
            if written > 0 { return written }
        }
    }

    /// Begins the next part of the file. Returns false at the end.
    private mutating func beginPart() throws(FileError) -> Bool {
        while place < file.byteCount, file.bytes(place..<place + 1) == [0] { place += 1 }
        guard place < file.byteCount else {
            try file.checkUnchanged()
            return false
        }
        guard Self.isStart(file, at: place) else {
            throw damage("something else from byte \(place) on, after \(place) bytes of gzip")
        }
        _ = library.restart(stream)
        isPartComplete = false
        return true
    }

    private func damage(_ found: String) -> FileError {
        FileError(file: file.path, expected: "a complete gzip file", found: found)
    }
}
