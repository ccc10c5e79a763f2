import CheckpointFiles
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A reader, and what must be true of every input that it reads.
protocol FuzzTarget: SendableMetatype {
    /// What `Scripts/fuzz --target` calls it.
    static var name: String { get }
    /// Small inputs to start from. The first is valid.
    static func seeds() throws -> [[UInt8]]
    /// Reads an input, and traps where a property does not hold (``require(_:_:)``).
    ///
    /// - Parameter folder: where files may be written; the same for every input, so that names are written over.
    /// - Throws: what is wrong with the input.
    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws
}

/// Where inputs become files: in memory, as `Scripts/fuzz` sets `TMPDIR` to a file system there.
private let folder = TemporaryFolder()

extension FuzzTarget {
    /// Reads an input. Traps if that takes more than a second, or the error is not one short and printable line.
    static func check(_ input: [UInt8]) {
        let start = clock()
        do {
            try read(input, in: folder)
        } catch {
            let message = "\(error)"
            require(
                !message.isEmpty && message.utf8.count < 1500, "a message of \(message.utf8.count) bytes: \(message)")
            let isPrintable = message.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
            require(isPrintable, "a message on one line, without control characters: \(message.debugDescription)")
        }
        // Of this process's own time, so that a busy machine makes no findings.
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        require(seconds < secondsAtMost, "\(input.count) bytes took \(seconds) s")
    }

    /// Finds out whether the first seed is still valid: without one, inputs would not reach much of a reader.
    static func readFirstSeed() throws { try read(seeds()[0], in: folder) }

    /// With the address sanitizer everything takes several times as long.
    private static var secondsAtMost: Double { getenv("ASAN_OPTIONS") == nil ? 1 : 5 }
}

/// Ends the program, which is a finding, where a property does not hold.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { fatalError(property()) }
}

/// What was written to a file.
func contents(_ path: String) throws(FileError) -> [UInt8] {
    let file = try MappedFile(path: path)
    return file.bytes(0..<file.byteCount)
}

extension [UInt8] {
    /// The parts between the first `count - 1` zeros, which texts do not have; missing ones are empty.
    func parts(_ count: Int) -> [[UInt8]] {
        let parts = split(separator: 0, maxSplits: count - 1, omittingEmptySubsequences: false).map { [UInt8]($0) }
        return parts + [[UInt8]](repeating: [], count: count - parts.count)
    }
}
