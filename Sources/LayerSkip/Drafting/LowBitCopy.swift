import CheckpointFiles
import LanguageModels

/// The plan of a copy of a model's weights in smaller formats, which drafts for the model.
struct LowBitCopy {
    /// The formats of the copy.
    let recipe: QuantizationRecipe
    /// The bytes of the copy, as a share of those of model and copy.
    let share: Double
    /// Whether the caller did not ask for the copy, so that it is left out if there is no memory.
    private let isOptional: Bool

    /// Plans a copy.
    ///
    /// - Parameters:
    ///   - choice: whether there is one.
    ///   - weights: how the model's own weights are loaded.
    /// - Returns: nil if there is none.
    /// - Throws: if a given recipe is not for this model, or would not make it smaller.
    init?(
        _ choice: DraftingOptions.LowBit, of stored: StoredModel, _ weights: WeightOptions
    ) throws(CheckpointError) {
        let own = try stored.byteCount(quantizing: weights.quantization)
        switch choice {
        case .none: return nil
        case .automatic:
            guard own >= Self.leastBytes, Self.gainsMemory(own, stored) else { return nil }
            recipe = Self.standardRecipe
        case .recipe(let given):
            try QuantizationChoice(recipe: given, importance: nil).check(stored)
            recipe = given
        }
        isOptional = choice == .automatic
        let copy = try stored.byteCount(quantizing: recipe)
        share = Double(copy) / Double(own + copy)
        guard copy >= own else { return }
        if isOptional { return nil }
        let reason = Self.gainsMemory(own, stored) ? "" : "matrices that are quantized already keep their formats; "
        throw CheckpointError(
            file: stored.source.file, name: "draft weights",
            expected: "fewer bytes than the model's own weights have (\(own))",
            found: "\(copy) in \(recipe.name); \(reason)choose a smaller format or none")
    }

    /// Loads the copy.
    ///
    /// - Parameters:
    ///   - model: the model, which is loaded already.
    ///   - notes: receives notes for people on the copy.
    ///   - progress: is told the fraction of the copy that is loaded, and returns whether to continue.
    /// - Returns: nil if there is no memory for a copy that was not asked for.
    /// - Throws: as the loading of a model does.
    func load(
        _ stored: StoredModel, for model: LoadedModel, _ weights: WeightOptions, notes: inout [String],
        progress: (Double) -> Bool
    ) throws(CheckpointError) -> LoadedModel? {
        var weights = weights
        weights.quantization = recipe
        // All layers of a copy draft.
        let stored = stored.withoutExitBlock
        if isOptional {
            do throws(CheckpointError) {
                // The rest is for caches, and for other programs.
                try stored.checkMemory(quantizing: recipe, factor: 2)
            } catch {
                notes.append("no copy of the weights in \(recipe.name) drafts: \(error)")
                return nil
            }
        }
        let copy = try LoadedModel(stored, on: model.compute, weights, progress: progress)
        // The formats of each matrix say little about drafts.
        notes += copy.notes.filter { !$0.hasPrefix("quantization ") }
        let megabytes = (copy.weightByteCount + 500_000) / 1_000_000
        notes.append("a copy of the weights in \(recipe.name) drafts; it takes \(megabytes) MB of memory")
        return copy
    }

    /// Whether most of a model's weights, which take so many bytes, have 16 bits or more.
    static func gainsMemory(_ byteCount: Int, _ stored: StoredModel) -> Bool {
        Double(byteCount) > 1.5 * Double(stored.weightCount)
    }

    /// Smaller models are read from a processor's caches, where smaller formats gain little.
    private static let leastBytes = 64 << 20
    private static let standardRecipe = QuantizationRecipe.q4_K_M
}
