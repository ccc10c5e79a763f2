/// Writes a GGUF file as several files, its parts, which llama.cpp opens, too.
///
/// Each part states an id, a hash of everything that is written, so that parts of different exports are told apart.
package struct SplitGGUFWriter: Sendable {
    private var parts: [GGUFWriter]
    /// The paths of the parts.
    package let paths: [String]

    /// Distributes a file's tensors to parts.
    ///
    /// - Parameters:
    ///   - writer: the whole file.
    ///   - limit: the size in bytes that no part exceeds, unless its only tensor does.
    ///   - path: the path of the parts without their numbers, with or without `.gguf`.
    /// - Throws: if there are too many parts, or the path does not end with a name.
    package init(_ writer: GGUFWriter, partsOfAtMost limit: Int, path: String) throws(CheckpointError) {
        try Self.check(path)
        parts = try writer.parts(ofAtMost: limit)
        paths = GGUFPartName(prefix: Self.prefix(path), number: 1, count: parts.count).all.map(\.path)
    }

    /// The beginning of the parts' paths.
    static func prefix(_ path: String) -> String { path.hasSuffix(".gguf") ? String(path.dropLast(5)) : path }

    /// Checks that parts can be written next to a path, before long work begins. Nothing stays there.
    package static func checkPlace(_ path: String) throws(CheckpointError) {
        try check(path)
        let part = GGUFPartName(prefix: Self.prefix(path), number: 1, count: 1).path
        try inCheckpoint(try ReplacementFile.check(part))
    }

    private static func check(_ path: String) throws(CheckpointError) {
        let expected = "a file name, which the numbers of the parts follow"
        let prefix = Self.prefix(path)
        guard prefix.last != "/", !prefix.isEmpty else {
            throw CheckpointError(file: path, expected: expected, found: "none")
        }
        switch try inCheckpoint(try WritingPlace(path, expected: expected)) {
        case .file: break
        case .folder: throw CheckpointError(file: path, expected: expected, found: "a folder")
        case .stream, .descriptor: throw CheckpointError(file: path, expected: expected, found: "a device or a pipe")
        }
    }

    /// Writes the parts under temporary names, then renames them, the first last. A reader therefore never finds the
    /// first part without the others.
    ///
    /// - Parameter progress: called with the number of bytes written so far.
    /// - Throws: if a part cannot be written, or `progress` throws. If that happens before the parts are renamed,
    ///   anything at their paths is still there.
    package func write(progress: (Int) throws(CheckpointError) -> Void = { _ in }) throws(CheckpointError) {
        var parts = parts
        var files: [PartFile] = []
        var hash = ContentHash()
        var byteCount = 0
        for (part, path) in zip(parts, paths) {
            let file = PartFile(try inCheckpoint(try ReplacementFile(path, rewritesStart: true)))
            files.append(file)
            let alignment = try part.metadata.alignment()
            try part.entries.write(part.header(), alignment: alignment) { (bytes) throws(CheckpointError) in
                try file.write(bytes)
                hash.add(bytes)
                byteCount += bytes.byteCount
                try progress(byteCount)
            }
        }
        for (number, file) in files.enumerated() {
            parts[number].metadata[GGUFSplit.Key.id] = .uint64(hash.value)
            try file.finish(header: parts[number].header())
        }
        for file in files.reversed() { try file.commit() }
    }
}

/// A part that is being written, as an object, so that there can be an array of them.
private final class PartFile {
    private var file: ReplacementFile?

    init(_ file: consuming ReplacementFile) { self.file = consume file }

    func write(_ bytes: RawSpan) throws(CheckpointError) { try inCheckpoint(try file!.write(bytes)) }

    /// Overwrites the header with one of the same length, and waits for the disk.
    func finish(header: [UInt8]) throws(CheckpointError) {
        try inCheckpoint(try file!.overwriteStart(header))
        try inCheckpoint(try file!.synchronize())
    }

    /// Gives the file its name.
    func commit() throws(CheckpointError) {
        guard let file = file.take() else { preconditionFailure("committed before") }
        do { try file.commit() } catch { throw CheckpointError(error) }
    }
}
