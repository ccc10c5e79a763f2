/// A file's bytes, mapped read-only into memory: pages are read when first touched, and shared between processes.
///
/// The mapping follows the file: whoever shortens a mapped file in place makes a later read of the lost pages fatal
/// (SIGBUS). Our own writers never do; they replace a file by renaming.
package final class MappedFile: Sendable {
    /// The path as it was given.
    package let path: String
    /// How many bytes the file has; at least 1.
    package let byteCount: Int
    // The mapped memory is read-only and lives at least as long as this object.
    private nonisolated(unsafe) let base: UnsafeRawPointer
    private let isOwned: Bool

    /// Maps the file at a path.
    ///
    /// - Throws: a ``CheckpointError`` if it is missing, unreadable, empty, a directory or no regular file.
    package init(path: String) throws(CheckpointError) {
        func failure(_ found: String) -> CheckpointError {
            CheckpointError(file: path, expected: "a readable file", found: found)
        }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw failure("an invalid path") }
        guard let descriptor = SystemCalls.openForReading(path) else { throw failure(SystemCalls.lastError) }
        defer { SystemCalls.closeDescriptor(descriptor) }
        switch SystemCalls.kind(of: descriptor) {
        case .file(let byteCount):
            guard byteCount > 0 else { throw failure("an empty file") }
            guard let base = SystemCalls.map(descriptor, byteCount: byteCount) else {
                throw failure(SystemCalls.lastError)
            }
            self.path = path
            self.byteCount = byteCount
            self.base = base
            isOwned = true
        case .directory: throw failure("a directory")
        case .other: throw failure("neither a file nor a directory")
        case nil: throw failure(SystemCalls.lastError)
        }
    }

    /// Bytes that are part of the program, which the system has mapped with it.
    ///
    /// - Parameter name: stands for the path.
    package init(name: String, partOfProgram bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { preconditionFailure("\(name) has no bytes") }
        path = name
        byteCount = bytes.count
        self.base = base
        isOwned = false
    }

    /// Whether there is a file at a path, and nothing in it, so that it cannot be mapped.
    package static func isEmpty(path: String) -> Bool {
        guard let descriptor = SystemCalls.openForReading(path) else { return false }
        defer { SystemCalls.closeDescriptor(descriptor) }
        if case .file(byteCount: 0) = SystemCalls.kind(of: descriptor) { return true }
        return false
    }

    deinit {
        if isOwned { SystemCalls.unmap(base, byteCount: byteCount) }
    }

    /// Lends the bytes of a range for the time of one call.
    ///
    /// - Precondition: the range lies within `0..<byteCount`.
    package func withBytes<Result, Failure: Error>(
        in range: Range<Int>, _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount, "a range beyond the end of \(path)")
        let bytes = UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        return try withExtendedLifetime(self) { () throws(Failure) in try body(bytes.bytes) }
    }

    /// A copy of the bytes of a range.
    ///
    /// - Precondition: the range lies within `0..<byteCount`.
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        withBytes(in: range) { bytes in bytes.withUnsafeBytes { Array($0) } }
    }

    /// Tells the system that the pages lying wholly in a range are not needed for now.
    ///
    /// Call it once weights have been packed elsewhere, so that they do not take memory twice. The bytes stay readable;
    /// reading them again costs reading them from the file.
    package func release(_ range: Range<Int>) {
        // The program's own bytes begin at no page.
        guard isOwned else { return }
        let page = SystemCalls.pageSize
        let clamped = range.clamped(to: 0..<byteCount)
        let first = (clamped.lowerBound + page - 1) / page * page
        // The file's last page may be partial: nothing else lives in it.
        let end = clamped.upperBound == byteCount ? byteCount : clamped.upperBound / page * page
        if first < end {
            SystemCalls.release(base + first, byteCount: end - first)
        }
    }
}
