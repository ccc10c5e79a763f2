import LayerSkip

extension TrainingRecipe {
    /// Notes on settings that have no effect, which is probably a mistake.
    var notes: [String] {
        (rateNotes + exitNotes + targetNotes + validationNotes).map { "note: \($0.key): no effect, since \($0.reason)" }
    }

    private typealias Ineffective = (key: String, reason: String)

    private var rateNotes: [Ineffective] {
        guard rate.decay == .constant else { return [] }
        let given = [
            ("optimizer.decay_steps", rate.decaySteps != nil),
            ("optimizer.minimum", rate.minimum != TrainingRecipe().rate.minimum),
        ]
        return given.filter(\.1).map { ($0.0, "optimizer.decay is constant") }
    }

    private var exitNotes: [Ineffective] {
        if exits.scale > 0, exits.curriculum == .none {
            return [("exits.scale", "exits.curriculum is none: no early exit is trained")]
        }
        if exits.scale == 0, exits.curriculum != .none {
            return [("exits.curriculum", "exits.scale is 0: no early exit is trained")]
        }
        if exits.exits != nil, exits.trained == nil {
            return [("exits.layers", "exits.scale is 0: no early exit is trained")]
        }
        return []
    }

    private var targetNotes: [Ineffective] {
        let standard = TrainingRecipe().exits
        var notes: [Ineffective] = []
        if exits.target != .text, exits.scale == 0 || exits.curriculum == .none {
            notes.append(("exits.target", "no early exit is trained"))
        }
        if exits.weighting != .uniform, exits.scale == 0 || exits.curriculum == .none {
            notes.append(("exits.weighting", "no early exit is trained"))
        }
        if exits.weightingEvery != standard.weightingEvery, exits.weighting != .learned {
            notes.append(
                ("exits.weighting_every", "exits.weighting is \(exits.weighting.rawValue) and not learned"))
        }
        if exits.teacher != nil, !exits.learnsFromTeacher {
            notes.append(
                ("exits.teacher", "exits.target is text or trains no early exit, and exits.last_target is text"))
        }
        if exits.lastTarget == .teacher, !exits.trainsLast {
            notes.append(("exits.last_target", "exits.train_last is false: the last layer has no loss"))
        }
        if exits.textShare != standard.textShare, exits.target != .mixed {
            notes.append(("exits.text_share", "exits.target is \(exits.target.rawValue) and not mixed"))
        }
        if exits.acceptanceDecay != standard.acceptanceDecay, exits.target != .mixedAcceptance {
            notes.append(
                ("exits.acceptance_decay", "exits.target is \(exits.target.rawValue) and not mixed-acceptance"))
        }
        return notes
    }

    private var validationNotes: [Ineffective] {
        guard validation.every == 0 else { return [] }
        let given = [
            ("validation.patience", validation.patience != nil), ("validation.sequences", validation.sequences != nil),
            ("samples.prompts", !samples.prompts.isEmpty), ("samples.messages", !samples.messages.isEmpty),
        ]
        return given.filter(\.1).map { ($0.0, "there is no validation") }
    }
}
