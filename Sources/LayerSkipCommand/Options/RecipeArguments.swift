import ArgumentParser
import LayerSkip

/// Options for the formats of a model's matrices: a recipe, and exceptions from it.
struct RecipeArguments<Use: RecipeUse>: ParsableArguments {
    @Option(help: ArgumentHelp(Use.help, valueName: "recipe"))
    var quantize: RecipeArgument?

    @Option(
        help: ArgumentHelp(
            """
            Another format than the recipe's for some layers (0-3=q8_0, 5=q6_k), the head (head=q8_0) or the embedding. \
            May be repeated; the last one that applies counts.
            """, valueName: "part=format"),
        transform: formatOverride)
    var layers: [FormatOverride] = []

    func validate() throws {
        if !layers.isEmpty, quantize == nil {
            throw ValidationError("--layers: expected --quantize with it, found none")
        }
    }

    /// The recipe with its overrides; nil if matrices keep their formats.
    var recipe: QuantizationRecipe? {
        var recipe = quantize?.value
        recipe?.overrides = layers
        return recipe
    }
}

/// What a command does with a recipe.
protocol RecipeUse {
    /// The help of `--quantize`.
    static var help: String { get }
}

/// Matrices are quantized while they are loaded.
enum RecipeForLoading: RecipeUse {
    static let help = """
        Quantize matrices in F32, F16 or BF16 while loading, as export does with this recipe; quantized ones stay as \
        they are.
        """
}

/// Matrices are quantized for an export.
enum RecipeForExport: RecipeUse {
    static let help = """
        Recipe for the formats of the matrices; f32, f16 and bf16 are for folders too, the others for gguf only.
        """
}
