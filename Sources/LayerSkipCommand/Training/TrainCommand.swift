import ArgumentParser
import LayerSkip
import LayerSkipDefaultModel
import ModelTraining
import RecipeFiles

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model from a recipe.",
        discussion: """
            The recipe is a YAML file. Arguments after it override its values: \
            layerskip train recipe.yaml steps=100 optimizer.rate=1e-3

            The run writes checkpoints (model folders), metrics.jsonl and report.html to the recipe's output folder. \
            Ctrl-C, SIGTERM and SIGHUP save a checkpoint and stop the run. To resume from the newest checkpoint, \
            rerun the command: the final weights are the same as without the interruption.
            """)

    @Argument(help: "Recipe: a YAML file.", transform: expandedPath)
    var recipe: String?

    @Argument(help: ArgumentHelp("Values that override the recipe's.", valueName: "key.path=value"))
    var overrides: [String] = []

    @Flag(help: "Run a few steps, write nothing, and estimate the run's memory and time.")
    var dryRun = false

    @Flag(help: "List all recipe keys.")
    var listKeys = false

    func validate() throws {
        if recipe == nil, !listKeys { throw ValidationError("expected a recipe") }
    }

    func run() throws {
        guard !listKeys, let path = recipe else { return try printKeys() }
        guard let launcher = Launcher() else { return try run(path, in: SingleProcess()) }
        try LaunchedProcesses.run(launcher) { try run(path, in: $0) }
    }

    private func run(_ path: String, in processes: any ProcessGroup) throws {
        let threads = processes.size > 1 ? try TrainingSession.threads(in: processes) : nil
        let (file, session) = try processes.together {
            let file = try RecipeFile(TextInput.read(path, atMost: .recipe), name: path, overrides: overrides)
            if dryRun, processes.size > 1 {
                throw InputError(name: "--dry-run", expected: "a single process", found: "\(processes.size)")
            }
            try downloadStart(of: file.recipe)
            var inputs = InputFiles()
            inputs.add(path, as: "the recipe")
            return try file.locatingErrors {
                let session = try TrainingSession(
                    file.recipe, inputs: inputs, threads: threads, defaultModel: Checkpoint.defaultModel)
                return (file, session)
            }
        }
        try file.locatingErrors {
            guard processes.rank == 0 else { return try accompany(session, in: processes) }
            if let note = session.missingStartNote { Output.note("note: \(note)") }
            Output.note(session.startNotes)
            if dryRun { try report(session.estimate(), of: session) } else { try train(session, in: processes) }
        }
    }

    /// Downloads the model or tokenizer that a new run starts from, if the recipe names one on a hub.
    private func downloadStart(of recipe: TrainingRecipe) throws {
        guard Folder.isMissing("\(recipe.output)/newest") else { return }
        if case .path(let path) = recipe.model.start { _ = try ModelSource.path(of: path) }
        if case .path(let path)? = recipe.exits.teacher { _ = try ModelSource.path(of: path) }
        if let path = recipe.model.tokenizer { _ = try ModelSource.path(of: path) }
    }

    /// Trains in a process other than the first, which alone reports.
    private func accompany(_ session: TrainingSession, in processes: any ProcessGroup) throws {
        let outcome = try session.run(
            in: processes, onEvent: { _ in }, onStart: { _ in }, shouldStop: { Interruption.isRequested })
        if case .stopped(let step) = outcome { throw TrainingStopped(step: step, of: session.recipe.steps) }
    }

    private func train(_ session: TrainingSession, in processes: any ProcessGroup) throws {
        let steps = session.recipe.steps
        if session.fittedTokenCount > 0 {
            Output.note("fitting the exit block's matrix to \(session.fittedTokenCount.counted("token"))")
        }
        let progress = TrainingProgress(steps: steps, exitLayers: session.recipe.exits.trained)
        // Also after an error, which then begins on its own line.
        defer { progress.finish() }
        let stopwatch = Stopwatch()
        var firstStep = 0
        let outcome = try session.run(
            in: processes, onEvent: progress.show,
            onStart: { origin in
                // A finished run reads no data.
                if origin.step < steps { session.notes.forEach(Output.note) }
                progress.start(origin)
                firstStep = origin.step
            }, shouldStop: { Interruption.isRequested })
        progress.finish()
        if case .stopped(let step) = outcome { throw TrainingStopped(step: step, of: steps) }
        let newest = "\(session.recipe.output)/newest"
        var (made, early) = (steps, "")
        if case .endedEarly(let step) = outcome {
            made = step
            early = ", which ended early, since the validation loss has not fallen any more (validation.patience)"
        }
        let kind = session.recipe.lora.rank == nil ? "a model" : "an adapter"
        var cost = ""
        if made > firstStep {
            cost = firstStep == 0 ? "; " : "; the last \((made - firstStep).counted("step")): "
            cost += "\(stopwatch.seconds.duration), peak memory \(peakMemoryByteCount().megabytes)"
        }
        Output.summarize("\(newest): \(kind) trained for \(made.counted("step"))\(early)\(cost)", of: newest)
    }

    private func report(_ estimate: TrainingEstimate, of session: TrainingSession) throws {
        let recipe = session.recipe
        session.notes.forEach(Output.note)
        func millions(_ count: Int) -> String { (Double(count) / 1e6).formatted(decimals: 2) + " million" }
        let epochs = estimate.epochs.formatted(decimals: 2)
        let teacher =
            estimate.teacherByteCount > 0 ? ", and the teacher's weights \(estimate.teacherByteCount.megabytes)" : ""
        try Output.write(
            """
            parameters  \(millions(estimate.parameterCount)), of which \(millions(estimate.trainedCount)) are trained
            memory      peak \(estimate.peakByteCount.megabytes) so far, of which weights, gradients and moments take \
            \(estimate.stateByteCount.megabytes)\(teacher)
            tokens      \(millions(estimate.tokenCount)) in \(recipe.steps.counted("step")) of \
            \(recipe.batch.tokensPerStep), or \(epochs) epochs
            speed       \(estimate.tokensPerSecond.formatted(decimals: 0)) tokens per second, \
            \(estimate.secondsPerStep.formatted(decimals: 2)) seconds per step
            time        \(estimate.totalSeconds.duration), of which validation takes \
            \(estimate.validationSeconds.duration)

            """)
    }

    private func printKeys() throws {
        let defaults = TrainingRecipe()
        for key in RecipeKey.all {
            let value = key.value(in: defaults).map { " (default: \($0))" } ?? ""
            try Output.write("\(key.path): \(key.expected)\(value)\n    \(key.about)\n")
        }
    }
}

/// The error for a run that a signal stopped.
struct TrainingStopped: Error, CustomStringConvertible {
    let step: Int
    let steps: Int

    init(step: Int, of steps: Int) {
        self.step = step
        self.steps = steps
    }

    var description: String {
        step > 0
            ? "stopped after step \(step) of \(steps); rerun the command to resume"
            : "stopped before the first step; nothing was written"
    }
}

extension RecipeFile {
    /// Runs a function, and adds to errors in the recipe where they are.
    fileprivate func locatingErrors<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as RecipeError {
            throw located(error)
        }
    }
}
