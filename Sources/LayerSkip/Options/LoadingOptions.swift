import CheckpointFiles
public import LanguageModels

/// How a model's weights are loaded.
///
/// ```swift
/// var loading = LoadingOptions()
/// loading.quantization = .q4_K_M
/// let model = try TextModel(path: "checkpoint", loading: loading)
/// ```
public struct LoadingOptions: Sendable, Hashable {
    /// The formats that matrices in F32, F16 or BF16 are converted to while they are packed; nil to keep all formats.
    /// Matrices that are already quantized keep theirs. The model computes what an export with this recipe would.
    public var quantization: QuantizationRecipe?
    /// Whether packed weights are kept in a file of the user's cache, which the next start maps instead of packing them
    /// again. ``TextModel/notes`` say where it is and how large. The folder is `layerskip` in `$XDG_CACHE_HOME`, by
    /// default `~/.cache`.
    public var keepsPacked = false
    /// What the model gets for drafts.
    public var drafting = DraftingOptions()

    /// Keeps all formats, and no packed weights.
    public init() {}

    /// The same for the model itself.
    ///
    /// - Throws: if the recipe is for other layers than the model's, or the model's weights are not in files.
    func weights(of checkpoint: Checkpoint) throws(CheckpointError) -> WeightOptions {
        if let quantization {
            try QuantizationChoice(recipe: quantization, importance: nil).check(checkpoint.model())
        }
        var options = WeightOptions()
        options.quantization = quantization
        guard keepsPacked else { return options }
        guard checkpoint.source != nil else {
            throw CheckpointError(
                file: checkpoint.path, expected: "a model in files, to keep its packed weights",
                found: "one that is part of the program")
        }
        do {
            options.packedFolder = try CacheFolder.path()
        } catch {
            options.packedFolderFailure = error.description
        }
        return options
    }
}
