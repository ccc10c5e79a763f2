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
        return try write(.parts(writer), to: writer.paths[0], progress: progress) ? writer.paths : nil
    }

    /// Checks that the output can be written to a path, before long work begins. Nothing stays there.
    package func checkPlace(_ path: String, inParts: Bool = false) throws {
        switch target {
        case .gguf where inParts: try SplitGGUFWriter.checkPlace(path)
        case .gguf:
            try ReplacementFile.check(path)
            try checkExitBlock(besides: path)
        case .safetensors: _ = try ReplacementFolder(path)
        }
    }

    /// Throws if an exit block is next to the output that would be taken for the output's, or if there can be none.
    private func checkExitBlock(besides path: String) throws {
        if model.configuration.exitBlock != nil, try ReplacementFile.isStream(path) {
            throw CheckpointError(
                file: path, expected: "a file, since the model has an exit block, which is written next to it",
                found: "a device, a pipe or an open file; export to a file, or without the block "
                    + "(--without-exit-block)")
        }
        let place = GGUFFile.exitBlockPath(of: path)
        try inputs.check(output: place)
        if model.configuration.exitBlock == nil, !Folder.isMissing(place) {
            throw CheckpointError(
                file: place, expected: "no file, since the exported model has no exit block",
                found: "one, which would be taken for its exit block; remove it, or choose another output")
        }
    }

    /// The files that must not be overwritten.
    var inputs: InputFiles {
        var inputs = InputFiles()
        inputs.add(model: checkpoint.source, as: "the model that is read")
        if let path = ExitBlockFile.path(of: checkpoint.files) {
            inputs.add(path, as: "the exit block of the model that is read")
        }
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
        var (before, written) = (0, 0)
        quantized.removeAll()
        func check(_ done: Int) throws(CheckpointError) {
            written = before + done
            goesOn = progress(min(written, byteCount))
            guard goesOn else { throw CheckpointError(file: path, expected: "to be written", found: "an interruption") }
        }
        do {
            // The exit block gets its name only when the model has been written.
            var block: ReplacementFile?
            if target == .gguf {
                try checkExitBlock(besides: path)
                if let writer = try exitBlockWriter() {
                    block = try writer.stage(at: GGUFFile.exitBlockPath(of: path), progress: check)
                }
                before = written
            }
            switch output {
            case .file: try ggufWriter().write(to: path, progress: check)
            case .folder: try writeFolder(to: path, progress: check)
            case .parts(let writer): try writer.write(progress: check)
            }
            if let block = block.take() { try block.commit() }
        } catch {
            guard goesOn else { return false }
            throw error
        }
        return true
    }
}
