import CLibc

/// A reader of gzip files, by the zlib that the system has. It is looked for at run time, so the program itself needs
/// none.
struct GzipReader: ~Copyable {
    private typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
    private typealias Read = @convention(c) (OpaquePointer, UnsafeMutableRawPointer?, UInt32) -> Int32
    private typealias Fault = @convention(c) (OpaquePointer, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>?
    private typealias Close = @convention(c) (OpaquePointer) -> Int32

    /// The functions of zlib's gzip interface.
    private struct Library {
        let open: Open
        let read: Read
        let fault: Fault
        let close: Close

        private static let names = ["libz.so.1", "libz.so", "libz.1.dylib", "libz.dylib"]

        /// nil if the system has no zlib.
        init?() {
            guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first,
                let open = dlsym(library, "gzopen"), let read = dlsym(library, "gzread"),
                let fault = dlsym(library, "gzerror"), let close = dlsym(library, "gzclose")
            else { return nil }
            self.open = unsafeBitCast(open, to: Open.self)
            self.read = unsafeBitCast(read, to: Read.self)
            self.fault = unsafeBitCast(fault, to: Fault.self)
            self.close = unsafeBitCast(close, to: Close.self)
        }
    }

    private let path: String
    private let library: Library
    private let file: OpaquePointer

    /// Opens a gzip file.
    ///
    /// - Throws: if it cannot be read, is not a gzip file, or there is no zlib.
    init(_ path: String) throws(FileError) {
        let start = try MappedFile(path: path)
        guard start.byteCount >= 2, start.bytes(0..<2) == [0x1F, 0x8B] else {
            throw FileError(file: path, expected: "a gzip file, as its name says", found: "a file of another kind")
        }
        guard let library = Library() else {
            throw FileError(
                file: path, expected: "the library zlib (libz.so.1), to read a .gz file",
                found: "none; install it (zlib1g), or unpack the file with gunzip first")
        }
        guard let file = library.open(path, "rb") else {
            throw FileError(file: path, expected: "a readable file", found: SystemError.last.description)
        }
        self.path = path
        self.library = library
        self.file = file
    }

    deinit { _ = library.close(file) }

    /// Fills a buffer with unpacked bytes.
    ///
    /// - Returns: their number, 0 at the end.
    /// - Throws: if the file is damaged or incomplete.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = library.read(file, buffer.baseAddress, UInt32(min(buffer.count, 1 << 30)))
        var code: Int32 = 0
        let message = library.fault(file, &code)
        // The end of a file that is cut off is an error only for `gzerror`.
        guard count >= 0, count > 0 || code >= 0 else {
            throw FileError(
                file: path, expected: "a complete gzip file",
                found: message.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } ?? "error \(code) of zlib")
        }
        return Int(count)
    }
}
