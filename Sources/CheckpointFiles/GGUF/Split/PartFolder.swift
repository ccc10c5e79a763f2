import CFatalSignals

/// The parts of a split file that are being written: files in a temporary folder, which get their names together.
///
/// The folder's lock protects them all from other writers, so only the part that is being written has to be open. There
/// may be thousands of parts, but most systems allow a process 1024 open files.
final class PartFolder {
    private let folder: TemporaryEntry
    private let parts: [Part]
    private var leftovers: [Int32] = []

    fileprivate struct Part {
        /// The path as given, for errors.
        let path: String
        /// The final path, after following links.
        let place: String
        /// The file that the part replaces.
        let existing: FileStatus?
    }

    private static let expected = "a place to write to"

    /// Creates the temporary folder.
    ///
    /// - Parameters:
    ///   - paths: the final paths of the parts.
    ///   - path: the path that the folder is next to and named after.
    /// - Throws: if that fails, or a part could not get its name.
    init(for paths: [String], nextTo path: String) throws(FileError) {
        Leftovers.remove(of: path)
        let folder = try FileError.explaining(
            path, expected: Self.expected, try TemporaryEntry.folder(nextTo: path, replacing: nil))
        let device = try? SystemCalls.status(of: folder.descriptor).identity.device
        parts = try paths.map { (path) throws(FileError) in try Part(path, on: device) }
        self.folder = folder
    }

    deinit {
        for index in parts.indices { SystemCalls.removeFile(temporaryPath(index)) }
        for leftover in leftovers { cfs_forget_leftover(leftover) }
    }

    private func temporaryPath(_ index: Int) -> String { "\(folder.path)/\(PathParts(parts[index].path).name)" }

    /// Creates the file of a part.
    func create(_ index: Int) throws(FileError) -> PartFile {
        let (part, temporary) = (parts[index], temporaryPath(index))
        leftovers.append(cfs_add_leftover(temporary))
        // A replacement for a private file must be private from its first byte.
        let descriptor = try FileError.explaining(
            part.path, expected: Self.expected,
            try SystemCalls.create(temporary, permissions: part.existing == nil ? 0o666 : 0o600))
        if let existing = part.existing { SystemCalls.copyPermissions(of: existing, to: descriptor) }
        return PartFile(part.path, OwnedDescriptor(descriptor))
    }

    /// Overwrites a part's header with one of the same length, and waits for the disk.
    func finish(_ index: Int, header: [UInt8]) throws(FileError) {
        let path = parts[index].path
        let descriptor = OwnedDescriptor(
            try FileError.explaining(
                path, expected: "the part that was written", try SystemCalls.openForOverwriting(temporaryPath(index))))
        try PartFile(path, descriptor).finish(header: header)
    }

    /// Gives all parts their names, the first last.
    func commit() throws(FileError) {
        for index in parts.indices.reversed() {
            let part = parts[index]
            try FileError.explaining(
                part.path, expected: Self.expected, try SystemCalls.renameFile(temporaryPath(index), to: part.place))
            SystemCalls.synchronizeFolder(of: part.place)
        }
    }
}

extension PartFolder.Part {
    /// - Parameter device: where the temporary folder is. Renaming does not work between devices.
    fileprivate init(_ path: String, on device: UInt64?) throws(FileError) {
        func failure(_ found: String) -> FileError { FileError(file: path, expected: "a file or none", found: found) }
        switch try WritingPlace(path, expected: "a file or none") {
        case .file(let place, let existing):
            if existing != nil {
                try FileError.explaining(
                    path, expected: "a file that may be written", try SystemCalls.checkWritable(place))
            }
            let target = try? SystemCalls.status(of: PathParts(place).folder)
            guard target?.identity.device == device else {
                throw failure("a link to another file system; remove it, or choose another output")
            }
            self.init(path: path, place: place, existing: existing)
        case .folder: throw failure("a folder")
        case .stream, .descriptor: throw failure("a device or a pipe")
        }
    }
}

/// An open file of a part.
struct PartFile {
    private let path: String
    private let descriptor: OwnedDescriptor

    fileprivate init(_ path: String, _ descriptor: OwnedDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }

    /// Appends bytes.
    func write(_ bytes: RawSpan) throws(FileError) {
        try bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try explaining(try SystemCalls.write(bytes, to: descriptor.number))
        }
    }

    fileprivate func finish(header: [UInt8]) throws(FileError) {
        try header.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try explaining(try SystemCalls.overwriteStart(bytes, of: descriptor.number))
        }
        try explaining(try SystemCalls.synchronize(descriptor.number))
    }

    private func explaining(_ call: @autoclosure () throws(SystemError) -> Void) throws(FileError) {
        try FileError.explaining(path, expected: "a disk that can be written to", try call())
    }
}
