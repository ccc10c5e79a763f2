import CheckpointFiles
import LanguageModels
import TensorCore

/// A copy of a model's weights in smaller formats, if there is one.
struct LowBitCopy {
    /// The copy.
    var model: LoadedModel?
    /// Notes for people on it.
    var notes: [String] = []

    /// Loads a copy that drafts for a model.
    ///
    /// - Parameters:
    ///   - choice: whether there is one.
    ///   - model: the loaded model.
    ///   - weights: how its weights were loaded.
    /// - Throws: if a given recipe is not for this model or leaves its weights as they are, there is no memory, or
    ///   `progress` stops the loading.
    init(
        _ choice: DraftingOptions.LowBit, of stored: StoredModel, for model: LoadedModel, _ weights: WeightOptions,
        progress: (Double) -> Bool
    ) throws(CheckpointError) {
        var weights = weights
        let bytesPerWeight = Double(model.weightByteCount) / Double(stored.tensors.reduce(0) { $0 + $1.count })
        switch choice {
        case .none: return
        case .automatic:
            guard bytesPerWeight > Self.leastBytesPerWeight, model.bytesReadPerToken >= Self.leastBytes else { return }
            weights.quantization = Self.standardRecipe
        case .recipe(let recipe):
            try QuantizationChoice(recipe: recipe, importance: nil).check(stored)
            weights.quantization = recipe
        }
        do throws(CheckpointError) {
            let copy = try LoadedModel(stored, on: model.compute, weights, progress: progress)
            guard copy.weightByteCount < model.weightByteCount else {
                throw CheckpointError(
                    file: stored.source.file, name: "draft weights",
                    expected: "smaller formats than the model's own, which take \(model.weightByteCount) bytes",
                    found: "\(copy.weightByteCount) bytes; matrices that are quantized already keep their formats")
            }
            let name = weights.quantization?.name ?? ""
            let megabytes = (copy.weightByteCount + 500_000) / 1_000_000
            notes = copy.notes.filter { !model.notes.contains($0) && !$0.contains("quantized") }
            notes.append("a copy of the weights in \(name) drafts; it takes \(megabytes) MB of memory")
            self.model = copy
        } catch  where choice == .automatic && progress(1) {
            notes = ["no copy of the weights in a smaller format drafts: \(error)"]
        }
    }

    /// Most weights have 16 bits.
    private static let leastBytesPerWeight = 1.5
    /// Smaller models are read from a processor's caches, where smaller formats gain little.
    private static let leastBytes = 64 << 20
    private static let standardRecipe = QuantizationRecipe.q4_K_M
}
