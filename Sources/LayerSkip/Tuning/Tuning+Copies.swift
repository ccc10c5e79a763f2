import CheckpointFiles
import LanguageModels
import TokenDecoding

extension Tuning.Copy {
    /// Tries all copies of a plan, one after the other. Only one of them is in memory at a time, in addition to the
    /// model, and the copy that it may have been loaded with.
    ///
    /// - Parameter notes: receives a note for each copy for which there is no memory, or that would not be smaller.
    /// - Returns: nil if `progress` returned false; no copies if the weights have less than 16 bits.
    static func all(
        _ plan: Tuning.Plan, of model: TextModel, _ checkpoint: Checkpoint, _ prediction: TuningPrediction,
        notes: inout [String], checkMemory: (StoredModel, QuantizationRecipe) throws(CheckpointError) -> Void,
        progress: (_ done: Int, _ total: Int) -> Bool
    ) throws -> [Tuning.Copy]? {
        let stored = try checkpoint.model()
        guard LowBitCopy.gainsMemory(model.model.weightByteCount, stored) else { return [] }
        var copies: [Tuning.Copy] = []
        var done = 0
        func goesOn() -> Bool { progress(done, plan.copies.count) }
        // Of the loading; a tuning shows the sizes itself.
        var unused: [String] = []
        for recipe in plan.copies {
            guard goesOn() else { return nil }
            defer { done += 1 }
            let copyPlan: LowBitCopy?
            do throws(CheckpointError) {
                copyPlan = try LowBitCopy(.recipe(recipe), of: stored, WeightOptions())
                try checkMemory(stored, recipe)
            } catch {
                notes.append("a copy of the weights in \(recipe.name) is not tried: \(error)")
                continue
            }
            guard
                let loaded = try copyPlan?.load(
                    stored, for: model.model, WeightOptions(), notes: &unused, progress: { _ in goesOn() }),
                let copy = try Tuning.Copy(recipe.name, loaded, of: model, plan, prediction, goesOn)
            else { return nil }
            copies.append(copy)
        }
        return goesOn() ? copies : nil
    }

    private init?(
        _ recipe: String, _ copy: LoadedModel, of model: TextModel, _ plan: Tuning.Plan,
        _ prediction: TuningPrediction, _ goesOn: () -> Bool
    ) throws {
        let layers = copy.layerCount
        var agreements: [[Bool]] = []
        for text in prediction.texts {
            let trace = try ExitTrace(
                copy, text: text.tokens, promptCount: text.promptCount, exitLayers: [layers],
                sampling: plan.options.sampling, cacheFormat: plan.options.cacheFormat, context: text.context,
                shouldContinue: goesOn)
            guard let trace else { return nil }
            agreements.append(trace.agreements[0])
        }
        guard let share = Self.timeShare(of: copy, to: model.model, plan.options.cacheFormat, goesOn) else {
            return nil
        }
        self.recipe = recipe
        byteCount = copy.weightByteCount
        agreement = prediction.share(of: agreements)
        timeShare = share
        cells = plan.draftLengths.sorted().map { length in
            prediction.cell(
                DraftPath(layers: layers, weights: .lowBit), agreements, length, timeShare: share)
        }
    }

    /// The duration of a copy's pass over one token relative to the model's; both are timed in turn.
    private static func timeShare(
        of copy: LoadedModel, to model: LoadedModel, _ format: CacheFormat, _ goesOn: () -> Bool
    ) -> Double? {
        let length = ModelCost.passContext(of: model, longestPass: 1)
        var own = TimedSequence(model, length: length, format)
        var copied = TimedSequence(copy, length: length, format)
        guard own.begin(goesOn), copied.begin(goesOn) else { return nil }
        var ratios: [Double] = []
        for _ in 0..<timedPasses {
            guard goesOn() else { return nil }
            let seconds = own.pass(1).whole
            ratios.append(copied.pass(1).whole / seconds)
        }
        return ratios.median
    }

    private static let timedPasses = 15
}
