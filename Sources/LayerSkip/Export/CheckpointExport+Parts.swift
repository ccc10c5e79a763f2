import CheckpointFiles

extension CheckpointExport {
    /// Writes a GGUF file as several files: `PREFIX-00001-of-00003.gguf` and so on. Each opens all of them.
    ///
    /// - Parameters:
    ///   - path: the path of the parts without their numbers, with or without `.gguf`. Files that have the names of
    ///     parts are replaced.
    ///   - byteCount: the size that no part exceeds, unless its only tensor does.
    ///   - progress: receives the number of bytes written, and returns whether to continue.
    /// - Returns: the paths of the parts; nil, with nothing written, if `progress` returned false.
    /// - Throws: as ``write(to:progress:)`` does; also if the target is a folder, or the size is not positive.
    public func write(
        to path: String, inPartsOf byteCount: Int, progress: (Int) -> Bool = { _ in true }
    ) throws -> [String]? {
        guard target == .gguf, byteCount > 0 else {
            throw CheckpointError(
                file: path, name: "size of the parts", expected: "a positive number of bytes, for a GGUF file",
                found: target == .gguf ? "\(byteCount)" : "the target \(target)")
        }
        let writer = try SplitGGUFWriter(ggufWriter(), partsOfAtMost: byteCount, path: path)
        for path in writer.paths { try inputs.check(output: path) }
        return try write(.parts(writer), to: path, progress: progress) ? writer.paths : nil
    }

    /// Checks that the output can be written to a path, before long work begins. Nothing stays there.
    package func checkPlace(_ path: String, inParts: Bool = false) throws {
        switch target {
        case .gguf where inParts: try SplitGGUFWriter.checkPlace(path)
        case .gguf: try ReplacementFile.check(path)
        case .safetensors: _ = try ReplacementFolder(path)
        }
    }

    /// The files that must not be overwritten.
    var inputs: InputFiles {
        var inputs = InputFiles()
        inputs.add(model: checkpoint.source, as: "the model that is read")
        if let adapter = checkpoint.adapter {
            inputs.add(adapter.folder.path, as: "the adapter that is read")
            inputs.add(model: adapter.base.path, as: "the base model of the adapter that is read")
        }
        if let path = choice?.importance?.path { inputs.add(path, as: "the importance matrix") }
        return inputs
    }

    /// What is written.
    enum Output {
        case file, folder
        case parts(SplitGGUFWriter)
    }

    /// Writes the output, and ends that with an error when `progress` returns false.
    ///
    /// - Returns: whether everything was written.
    func write(_ output: Output, to path: String, progress: (Int) -> Bool) throws -> Bool {
        var goesOn = true
        func check(_ done: Int) throws(CheckpointError) {
            goesOn = progress(min(done, byteCount))
            guard goesOn else { throw CheckpointError(file: path, expected: "to be written", found: "an interruption") }
        }
        do {
            switch output {
            case .file: try ggufWriter().write(to: path, progress: check)
            case .folder: try writeFolder(to: path, progress: check)
            case .parts(let writer): try writer.write(progress: check)
            }
        } catch {
            guard goesOn else { return false }
            throw error
        }
        return true
    }
}
