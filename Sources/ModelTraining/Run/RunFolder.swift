package import CheckpointFiles

/// The folder of a run:
///
///     checkpoints/step-N/   complete checkpoints: the newest few and the best
///     best, newest          links to two of them
///     metrics.jsonl, events.out.tfevents.layerskip
///     report.html
///
/// While the value exists, it locks the folder against other runs, unless it is only for reading.
package struct RunFolder: Sendable {
    package let path: String
    /// nil if another process of the same run has the lock.
    private let lock: FolderLock?

    /// Creates or opens the folder, and removes unfinished files of a killed run.
    ///
    /// - Throws: if that fails, or if another run uses the folder.
    package init(_ path: String) throws(FileError) {
        self.path = path
        try Folder.make("\(path)/\(Self.checkpoints)")
        lock = try FolderLock(path)
        Folder.removeLeftovers(in: path)
        Folder.removeLeftovers(in: "\(path)/\(Self.checkpoints)")
    }

    /// Opens the folder only for reading, in a process of a run whose first process has locked it.
    package init(reading path: String) {
        self.path = path
        lock = nil
    }

    /// Checks that a run in a folder would not replace or remove any of its input files.
    ///
    /// - Throws: if it would, or if the folder itself is an input.
    package static func check(_ path: String, leavesAlone inputs: InputFiles) throws(FileError) {
        let checkpoints = "\(path)/\(checkpoints)"
        let folders = Folder.names(in: checkpoints).map { "\(checkpoints)/\($0)" }
        let files = folders.flatMap { folder in Folder.names(in: folder).map { "\(folder)/\($0)" } }
        for output in [path, metrics(path), events(path), report(path), checkpoints] + folders + files {
            try inputs.check(output: output)
        }
        for link in [newest(path), best(path)] where !Folder.canLink(link) {
            throw FileError(
                file: link, expected: "nothing, or a link to a checkpoint", found: "something else; use another output")
        }
    }

    private static func metrics(_ path: String) -> String { "\(path)/metrics.jsonl" }
    private static func events(_ path: String) -> String { "\(path)/\(EventFile.name)" }
    private static func report(_ path: String) -> String { "\(path)/report.html" }
    private static func newest(_ path: String) -> String { "\(path)/newest" }
    private static func best(_ path: String) -> String { "\(path)/best" }
    private static let checkpoints = "checkpoints"
    private static let prefix = "step-"

    package var metrics: String { Self.metrics(path) }
    package var events: String { Self.events(path) }
    package var report: String { Self.report(path) }

    /// Returns the path of the checkpoint after a step, which need not exist yet.
    package func checkpoint(after step: Int) -> String { "\(path)/\(Self.name(step))" }

    /// The steps that have a checkpoint, ascending.
    package var steps: [Int] { Self.steps(path) }

    /// Returns the newest checkpoint of the run in a folder, or nil if there is none. The run may be active.
    package static func newestCheckpoint(in path: String) -> String? {
        steps(path).last.map { "\(path)/\(name($0))" }
    }

    private static func steps(_ path: String) -> [Int] {
        Folder.names(in: "\(path)/\(checkpoints)").compactMap { name in
            guard name.hasPrefix(prefix), let step = Int(name.dropFirst(prefix.count)), step > 0,
                name == prefix + String(step)
            else { return nil }
            return step
        }.sorted()
    }

    /// How the run in a folder makes sequences from documents.
    package struct Layout: Sendable, Equatable {
        /// nil if the run's format does not record it.
        package var packing: BatchSampler.Packing?
        package var mask: BatchSampler.Mask
    }

    /// Returns how the run in a folder makes sequences from documents, or nil if there is no checkpoint.
    ///
    /// Older versions always used windows by default, and had no mask, so today's defaults for the data may differ.
    package static func layout(_ path: String) -> Layout? {
        guard let step = steps(path).last,
            let state = try? TrainingState(checkpoint: "\(path)/\(name(step))", step: step)
        else { return nil }
        func value<Choice: RawRepresentable<String>>(_ key: String) -> Choice? {
            if case .scalar(let text)? = state.recipe[key] { Choice(rawValue: text) } else { nil }
        }
        return Layout(packing: value("data.packing"), mask: value("data.mask") ?? BatchSampler.Mask.none)
    }

    /// Points `newest` and `best` at their checkpoints, then removes all except the newest `count` and the best.
    ///
    /// - Parameter other: the step of a checkpoint to keep, too.
    /// - Throws: if a link cannot be made.
    package func keep(newest count: Int, and other: Int = 0) throws(FileError) {
        let steps = steps
        guard let newest = steps.last else { return }
        var best: (step: Int, loss: Double)?
        for step in steps {
            // A damaged checkpoint has no loss.
            let loss = try? TrainingState(checkpoint: checkpoint(after: step), step: step).validationLoss
            if let loss, loss < best?.loss ?? .infinity { best = (step, loss) }
        }
        try Folder.link(Self.newest(path), to: Self.name(newest))
        if let best { try Folder.link(Self.best(path), to: Self.name(best.step)) }
        for step in steps.dropLast(count) where step != best?.step && step != other {
            Folder.remove(checkpoint(after: step))
        }
    }

    /// The reason why a checkpoint is set aside, as its new name begins.
    enum Reason: String { case damaged, ended }

    /// The path of a checkpoint that was set aside.
    func path(of step: Int, setAside reason: Reason) -> String {
        "\(path)/\(Self.checkpoints)/\(reason.rawValue)-\(Self.prefix)\(step)"
    }

    /// Gives a checkpoint another name, so that it is not one of the run's any more.
    ///
    /// - Throws: if that cannot be done.
    func setAside(_ step: Int, as reason: Reason) throws(FileError) {
        let place = path(of: step, setAside: reason)
        if !Folder.isMissing(place) { Folder.remove(place) }
        try Folder.move(checkpoint(after: step), to: place)
    }

    private static func name(_ step: Int) -> String { "\(checkpoints)/\(prefix)\(step)" }
}
