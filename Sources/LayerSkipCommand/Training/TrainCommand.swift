import ArgumentParser
import LayerSkip
import LayerSkipDefaultModel
import RecipeFiles

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a model by a recipe.",
        discussion: """
            The recipe is a YAML file. Values after it replace its own: \
            layerskip train recipe.yaml steps=100 optimizer.rate=1e-3

            The run's folder (output) gets checkpoints, each a model folder, metrics.jsonl and report.html. Ctrl-C, \
            SIGTERM and SIGHUP stop the run with a checkpoint. To resume from the newest checkpoint, rerun the \
            command: the weights become those of a run that was never stopped.
            """)

    @Argument(help: "The recipe, a YAML file.", transform: expandedPath)
    var recipe: String?

    @Argument(help: ArgumentHelp("Values instead of the recipe's.", valueName: "key.path=value"))
    var overrides: [String] = []

    @Flag(help: "Make a few steps, write nothing, and estimate the run's memory and time.")
    var dryRun = false

    @Flag(help: "List the keys that a recipe may have.")
    var listKeys = false

    func validate() throws {
        if recipe == nil, !listKeys { throw ValidationError("expected a recipe") }
    }

    func run() throws {
        guard !listKeys, let path = recipe else { return try printKeys() }
        let file = try RecipeFile(TextInput.read(path, atMost: .recipe), name: path, overrides: overrides)
        do {
            var inputs = InputFiles()
            inputs.add(path, as: "the recipe")
            let session = try TrainingSession(file.recipe, inputs: inputs, defaultModel: Checkpoint.defaultModel)
            if let note = session.missingStartNote { Output.note("note: \(note)") }
            if dryRun { try report(session.estimate(), of: session) } else { try train(session) }
        } catch let error as RecipeError {
            throw file.located(error)
        }
    }

    private func train(_ session: TrainingSession) throws {
        let steps = session.recipe.steps
        let progress = TrainingProgress(steps: steps, exitLayer: session.recipe.exits.trained?.first)
        // Also where an error ends the run: it gets a line of its own.
        defer { progress.finish() }
        let outcome = try session.run(
            shouldStop: { Interruption.isRequested },
            onStart: { origin in
                // A finished run reads no data.
                if origin.step < steps { session.notes.forEach(Output.note) }
                progress.start(origin)
            }, onEvent: progress.show)
        progress.finish()
        if case .stopped(let step) = outcome { throw TrainingStopped(step: step, of: steps) }
        let newest = "\(session.recipe.output)/newest"
        Output.summarize("\(newest): a model of \(steps.counted("step"))", of: newest)
    }

    private func report(_ estimate: TrainingEstimate, of session: TrainingSession) throws {
        let recipe = session.recipe
        session.notes.forEach(Output.note)
        func millions(_ count: Int) -> String { (Double(count) / 1e6).formatted(decimals: 2) + " million" }
        let epochs = estimate.epochs.formatted(decimals: 2)
        try Output.write(
            """
            parameters  \(millions(estimate.parameterCount)), of which \(millions(estimate.trainedCount)) learn
            memory      \(estimate.peakByteCount.megabytes) at most so far, of which weights, gradients and moments \
            \(estimate.stateByteCount.megabytes)
            tokens      \(millions(estimate.tokenCount)) in \(recipe.steps.counted("step")) of \
            \(recipe.batch.tokensPerStep), the data \(epochs) times
            speed       \(estimate.tokensPerSecond.formatted(decimals: 0)) tokens a second, \
            \(estimate.secondsPerStep.formatted(decimals: 2)) seconds a step
            time        \(estimate.totalSeconds.duration), of which validation \(estimate.validationSeconds.duration)

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

/// A run was stopped by a signal.
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
