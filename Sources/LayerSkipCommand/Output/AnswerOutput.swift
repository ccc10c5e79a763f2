import LayerSkip

/// The place where answers are written, line by line.
enum AnswerOutput {
    case standardOutput
    case file(ResumableLines)

    /// Opens the output of a command.
    ///
    /// - Parameters:
    ///   - path: the file; nil or "-" for standard output.
    ///   - replaces: whether an existing file is replaced instead of continued.
    ///   - inputs: the files that are read.
    ///   - check: throws if a line of an existing file is not one of this work.
    init(
        _ path: String?, replaces: Bool, inputs: InputFiles,
        check: (ResumableLines.Found) throws(FileError) -> Void
    ) throws {
        guard let path, path != "-" else {
            self = .standardOutput
            return
        }
        try inputs.check(output: path)
        self = .file(try ResumableLines(path: path, replaces: replaces, check: check))
    }

    /// The number of lines that are already there.
    var keptCount: Int {
        switch self {
        case .standardOutput: 0
        case .file(let lines): lines.keptCount
        }
    }

    /// Writes a line, given without its end.
    func append(_ line: [UInt8]) throws {
        switch self {
        case .standardOutput: try Output.write(String(decoding: line, as: UTF8.self) + "\n")
        case .file(let lines): try lines.append(line)
        }
    }

    /// Waits until a file's lines are on disk.
    func synchronize() throws {
        if case .file(let lines) = self { try lines.synchronize() }
    }
}
