/// Writes a GGUF file as several files, its parts, which llama.cpp opens, too.
///
/// Each part states an id, a hash of everything that is written, so that parts of different exports are told apart.
package struct SplitGGUFWriter: Sendable {
    private var parts: [GGUFWriter]
    /// The paths of the parts.
    package let paths: [String]
    /// The path of the whole file, after which the temporary folder is named. So the next export to it removes what a
    /// killed one left, whatever the numbers of parts.
    private let place: String

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
        place = Self.prefix(path) + ".gguf"
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

    /// Writes the parts into a temporary folder, then renames them, the first last. A reader therefore never finds the
    /// first part without the others.
    ///
    /// - Parameter progress: called with the number of bytes written so far.
    /// - Throws: if a part cannot be written, or `progress` throws. If that happens before the parts are renamed,
    ///   anything at their paths is still there.
    package func write(progress: (Int) throws(CheckpointError) -> Void = { _ in }) throws(CheckpointError) {
        var parts = parts
        let folder = try inCheckpoint(try PartFolder(for: paths, nextTo: place))
        var hash = ContentHash()
        var byteCount = 0
        for (number, part) in parts.enumerated() {
            let file = try inCheckpoint(try folder.create(number))
            let alignment = try part.metadata.alignment()
            try part.entries.write(part.header(), alignment: alignment) { (bytes) throws(CheckpointError) in
                try inCheckpoint(try file.write(bytes))
                hash.add(bytes)
                byteCount += bytes.byteCount
                try progress(byteCount)
            }
        }
        for number in parts.indices {
            parts[number].metadata[GGUFSplit.Key.id] = .uint64(hash.value)
            let header = try parts[number].header()
            try inCheckpoint(try folder.finish(number, header: header))
        }
        try inCheckpoint(try folder.commit())
    }
}
