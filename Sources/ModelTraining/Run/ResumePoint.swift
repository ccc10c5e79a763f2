import CheckpointFiles

/// The checkpoint from which a run resumes: the newest that is intact and belongs to steps that the recipe still has.
struct ResumePoint {
    /// The checkpoint's state; nil for the run's start.
    private(set) var state: TrainingState?
    /// Whether the hashes of its files have been checked.
    private(set) var isIntact = false
    /// The newer checkpoints that are damaged, and how.
    private(set) var damaged: [(step: Int, error: CheckpointError)] = []
    /// The newer checkpoints of a run of another length.
    private(set) var superseded: [(step: Int, isEnd: Bool)] = []
    /// What makes the recipe of another length again whose end is the newest such checkpoint, as an override.
    private var otherLength = ""

    /// Looks for the checkpoint of a run in a folder.
    ///
    /// - Throws: ``RecipeError`` if the run's length has changed, and no checkpoint is of steps that both lengths share;
    ///   ``CheckpointError`` if no checkpoint is intact.
    init(_ folder: RunFolder, _ recipe: TrainingRecipe) throws {
        var mismatch: RecipeError?
        for step in folder.steps.reversed() {
            let path = folder.checkpoint(after: step)
            do throws(CheckpointError) {
                let state = try TrainingState(checkpoint: path, step: step)
                let original = try state.originalRecipe(path)
                if let error = recipe.scheduleError(from: original, after: step) {
                    mismatch = mismatch ?? error
                    superseded.append((step, step == original.steps))
                    if otherLength.isEmpty { otherLength = original.length }
                    continue
                }
                try TrainingCheckpoint.checkHashes(in: path, state)
                self.state = state
                isIntact = true
                return
            } catch {
                damaged.append((step, error))
            }
        }
        if let mismatch { throw mismatch }
        // The only checkpoints are damaged; reading the newest says how.
        if let newest = damaged.first {
            state = try TrainingState(checkpoint: folder.checkpoint(after: newest.step), step: newest.step)
            damaged = []
        }
    }

    /// Moves newer checkpoints out of the way of the steps to come.
    ///
    /// - Throws: if that cannot be done.
    func clear(_ folder: RunFolder) throws(FileError) {
        for (step, _) in damaged { try folder.setAside(step, as: .damaged) }
        for (step, isEnd) in superseded {
            if isEnd { try folder.setAside(step, as: .ended) } else { Folder.remove(folder.checkpoint(after: step)) }
        }
    }

    /// Notes for people on what is not used.
    func notes(_ folder: RunFolder) -> [String] {
        let broken = damaged.map { step, error in
            "\(error); this checkpoint is not used, and is now \(folder.path(of: step, setAside: .damaged))"
        }
        guard let state, !superseded.isEmpty else { return broken }
        let kept =
            superseded.first(where: \.isEnd).map {
                "; the end of the run of the other length is now \(folder.path(of: $0.step, setAside: .ended)), "
                    + "and \(otherLength) makes that length again"
            } ?? ""
        return broken + [
            "the run has another length: it continues from step \(state.step), until which both lengths agree\(kept)"
        ]
    }
}

extension TrainingRecipe {
    /// The length of the run, as an override states it.
    fileprivate var length: String { epochs.map { "epochs=\($0)" } ?? "steps=\(steps)" }
}
