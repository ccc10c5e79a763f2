import ArgumentParser
import LayerSkip

/// ``QuantizationRecipe`` on the command line.
struct RecipeArgument: ExpressibleByArgument {
    let value: QuantizationRecipe

    init?(argument: String) {
        guard let value = QuantizationRecipe(named: argument) else { return nil }
        self.value = value
    }

    static var allValueStrings: [String] { QuantizationRecipe.names }
}
