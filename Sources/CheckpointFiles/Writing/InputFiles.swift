/// Files that are read to make another one, which must not be written over one of them.
///
/// Files are told apart by device and number, so that no other path, link or hard link hides that two are one. Nothing
/// is looked up before there is something at the output's path.
public struct InputFiles: Sendable {
    private var inputs: [(path: String, role: String)] = []

    /// No files.
    public init() {}

    /// Adds a file; or a folder, and with it the files that lie in it.
    ///
    /// - Parameters:
    ///   - path: the file or folder.
    ///   - role: what errors call it, such as "the model that is read".
    public mutating func add(_ path: String, as role: String) { inputs.append((path, role)) }

    /// Adds a model's file or folder; nil for the default model, which is in the program's own file.
    public mutating func add(model path: String?, as role: String) {
        if let path { add(path, as: role) } else { add("/proc/self/exe", as: "the program that is running") }
    }

    /// Adds others.
    public mutating func add(_ others: InputFiles) { inputs += others.inputs }

    /// Finds out whether an output is none of these. Call it before long work begins.
    ///
    /// Devices and pipes pass, since what is written to them replaces nothing.
    /// - Throws: ``FileError`` if it is one of these, or a file in one of these folders; or if one of these has
    ///   the name of an incomplete output, which the next writer removes.
    public func check(output path: String) throws(FileError) {
        for input in inputs where TemporaryName.process(PathParts(input.path).name) != nil {
            throw FileError(
                file: input.path, expected: "an input with another name",
                found: "the name of an output that was not completed, which may be removed; rename it to read it")
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
