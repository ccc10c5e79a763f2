/// The input files of a command, which its output must not overwrite.
///
/// Files are identified by device and inode number, so that the same file is recognised through another path, link or
/// hard link. Nothing is looked up while the output's path is free.
public struct InputFiles: Sendable {
    private var inputs: [(path: String, role: String)] = []

    /// Creates an empty set.
    public init() {}

    /// Adds a file, or a folder together with the files in it.
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - role: its name in errors, such as "the model that is read".
    public mutating func add(_ path: String, as role: String) { inputs.append((path, role)) }

    /// Adds a model's folder or file, with the other parts of a split GGUF file; nil means the default model, which is in
    /// the program's own file.
    public mutating func add(model path: String?, as role: String) {
        guard let path else {
            add("/proc/self/exe", as: "the program that is running")
            return
        }
        for path in GGUFPartName(path)?.all.map(\.path) ?? [path] { add(path, as: role) }
    }

    /// Adds another set of inputs.
    public mutating func add(_ others: InputFiles) { inputs += others.inputs }

    /// Checks that an output is not one of these files. Call it before long work begins.
    ///
    /// Devices and pipes pass, since writing to them replaces nothing.
    /// - Throws: ``FileError`` if the output is one of these files or folders, or a file in one of the folders. Also if
    ///   an input has the name of an incomplete output, which the next writer would remove.
    public func check(output path: String) throws(FileError) {
        for input in inputs where TemporaryName.process(PathParts(input.path).name) != nil {
            throw FileError(
                file: input.path, expected: "an input with another name",
                found: "the name of an incomplete output, which may be removed; rename it to read it")
        }
        guard let output = try? SystemCalls.status(of: path), output.isFile || output.isDirectory else { return }
        for input in inputs where Self.isPart(output, of: input.path) {
            throw FileError(
                file: path, expected: "an output that is not also an input",
                found: "\(input.role); choose another output")
        }
    }

    private static func isPart(_ output: FileStatus, of path: String) -> Bool {
        guard let input = try? SystemCalls.status(of: path) else { return false }
        if input.identity == output.identity { return true }
        guard input.isDirectory, output.isFile else { return false }
        return SystemCalls.names(in: path).contains {
            (try? SystemCalls.status(of: "\(path)/\($0)"))?.identity == output.identity
        }
    }
}
