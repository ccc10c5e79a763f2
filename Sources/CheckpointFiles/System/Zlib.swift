import CLibc

/// The functions of zlib that unpack gzip.
struct Zlib {
    /// zlib's `z_stream`.
    struct Stream {
        var input: UnsafeRawPointer?
        var inputCount: UInt32 = 0
        var inputTotal: CUnsignedLong = 0
        var output: UnsafeMutableRawPointer?
        var outputRoom: UInt32 = 0
        var outputTotal: CUnsignedLong = 0
        var message: UnsafePointer<CChar>?
        var state: OpaquePointer?
        var allocate: OpaquePointer?
        var free: OpaquePointer?
        var allocatorState: OpaquePointer?
        var dataType: Int32 = 0
        var checksum: CUnsignedLong = 0
        var reserved: CUnsignedLong = 0
    }

    /// The code of the end of a part of a file (`Z_STREAM_END`).
    static let end: Int32 = 1

    private typealias Begin =
        @convention(c) (UnsafeMutableRawPointer, Int32, UnsafePointer<CChar>, Int32) -> Int32
    private typealias Unpack = @convention(c) (UnsafeMutableRawPointer, Int32) -> Int32
    private typealias Call = @convention(c) (UnsafeMutableRawPointer) -> Int32

    private let beginning: Begin
    private let unpacking: Unpack
    private let restarting: Call
    private let ending: Call

    private static let names = ["libz.so.1", "libz.so", "libz.1.dylib", "libz.dylib"]

    /// nil if the system has no zlib.
    init?() {
        guard let library = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first,
            let begin = dlsym(library, "inflateInit2_"), let unpack = dlsym(library, "inflate"),
            let restart = dlsym(library, "inflateReset"), let end = dlsym(library, "inflateEnd")
        else { return nil }
        beginning = unsafeBitCast(begin, to: Begin.self)
        unpacking = unsafeBitCast(unpack, to: Unpack.self)
        restarting = unsafeBitCast(restart, to: Call.self)
        ending = unsafeBitCast(end, to: Call.self)
    }

    /// Prepares to unpack gzip with any window. Only the first digit of the version must be the library's.
    func begin(_ stream: UnsafeMutablePointer<Stream>) -> Int32 {
        beginning(stream, 16 + 15, "1", Int32(MemoryLayout<Stream>.size))
    }

    /// Unpacks as much as there is input and room for.
    func unpack(_ stream: UnsafeMutablePointer<Stream>, _ flush: Int32) -> Int32 { unpacking(stream, flush) }

    /// Prepares for another part of a file.
    func restart(_ stream: UnsafeMutablePointer<Stream>) -> Int32 { restarting(stream) }

    /// Frees what ``begin(_:)`` allocated.
    func end(_ stream: UnsafeMutablePointer<Stream>) -> Int32 { ending(stream) }
}
