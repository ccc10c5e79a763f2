import LayerSkip

extension TrainingRecipe {
    /// Notes on settings of early exits that have no effect, which is probably a mistake.
    var notes: [String] {
        if exits.scale > 0, exits.curriculum == .none {
            return ["note: exits.scale: no effect, since exits.curriculum is none: no early exit is trained"]
        }
        if exits.scale == 0, exits.curriculum != .none {
            return ["note: exits.curriculum: no effect, since exits.scale is 0: no early exit is trained"]
        }
        if exits.exits != nil, exits.trained == nil {
            return ["note: exits.layers: no effect, since exits.scale is 0: no early exit is trained"]
        }
        return []
    }
}
