import CheckpointFiles
import TestSupport
import CLibc

/// A reader, and the properties that must hold for every input.
protocol FuzzTarget: SendableMetatype {
    /// Its name for `Scripts/fuzz --target`.
    static var name: String { get }
    /// Small inputs to start from. The first is valid.
    static func seeds() throws -> [[UInt8]]
    /// Reads an input, and traps if a property does not hold (``require(_:_:)``).
    ///
    /// - Parameter folder: a folder for files. It is the same for every input, so files are overwritten.
    /// - Throws: the error in the input.
    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws
}

/// The folder for inputs as files. It is in memory, because `Scripts/fuzz` sets `TMPDIR` to a file system there.
private let folder = TemporaryFolder()

extension FuzzTarget {
    /// Reads an input. Traps if that takes more than a second, or if the error is not one short and printable line.
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
        // The process's CPU time, so that a busy machine causes no findings.
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        require(seconds < secondsAtMost, "\(input.count) bytes took \(seconds) s")
    }

    /// Checks that the first seed is still valid. Without a valid seed, inputs would not reach much of a reader.
    static func readFirstSeed() throws { try read(seeds()[0], in: folder) }

    /// The time limit, longer with the address sanitizer, which is several times slower.
    private static var secondsAtMost: Double { getenv("ASAN_OPTIONS") == nil ? 1 : 5 }
}

/// Ends the program, which is a finding, if a property does not hold.
func require(_ holds: Bool, _ property: @autoclosure () -> String) {
    if !holds { fatalError(property()) }
}

/// Returns the content of a file.
func contents(_ path: String) throws(FileError) -> [UInt8] {
    let file = try MappedFile(path: path)
    return file.bytes(0..<file.byteCount)
}

extension [UInt8] {
    /// Splits the bytes at the first `count - 1` zeros, which texts do not contain. Missing parts are empty.
    func parts(_ count: Int) -> [[UInt8]] {
        let parts = split(separator: 0, maxSplits: count - 1, omittingEmptySubsequences: false).map { [UInt8]($0) }
        return parts + [[UInt8]](repeating: [], count: count - parts.count)
    }
}
