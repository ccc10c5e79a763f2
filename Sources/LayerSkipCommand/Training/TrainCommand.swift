import ArgumentParser
import LayerSkip
import LayerSkipDefaultModel
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
        let file = try RecipeFile(TextInput.read(path, atMost: .recipe), name: path, overrides: overrides)
        do {
            var inputs = InputFiles()
            inputs.add(path, as: "the recipe")
            let session = try TrainingSession(file.recipe, inputs: inputs, defaultModel: Checkpoint.defaultModel)
            if let note = session.missingStartNote { Output.note("note: \(note)") }
            Output.note(session.startNotes)
            if dryRun { try report(session.estimate(), of: session) } else { try train(session) }
        } catch let error as RecipeError {
            throw file.located(error)
        }
    }

    private func train(_ session: TrainingSession) throws {
        let steps = session.recipe.steps
        let progress = TrainingProgress(steps: steps, exitLayer: session.recipe.exits.trained?.first)
        // Also after an error, which then begins on its own line.
        defer { progress.finish() }
        let outcome = try session.run(
            onEvent: progress.show,
            onStart: { origin in
                // A finished run reads no data.
                if origin.step < steps { session.notes.forEach(Output.note) }
                progress.start(origin)
            }, shouldStop: { Interruption.isRequested })
        progress.finish()
        if case .stopped(let step) = outcome { throw TrainingStopped(step: step, of: steps) }
        let newest = "\(session.recipe.output)/newest"
        Output.summarize("\(newest): a model trained for \(steps.counted("step"))", of: newest)
    }

    private func report(_ estimate: TrainingEstimate, of session: TrainingSession) throws {
        let recipe = session.recipe
        session.notes.forEach(Output.note)
        func millions(_ count: Int) -> String { (Double(count) / 1e6).formatted(decimals: 2) + " million" }
        let epochs = estimate.epochs.formatted(decimals: 2)
        try Output.write(
            """
            parameters  \(millions(estimate.parameterCount)), of which \(millions(estimate.trainedCount)) are trained
            memory      peak \(estimate.peakByteCount.megabytes) so far, of which weights, gradients and moments take \
            \(estimate.stateByteCount.megabytes)
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
