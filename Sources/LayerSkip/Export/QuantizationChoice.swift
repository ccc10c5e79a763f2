import CheckpointFiles
import LanguageModels
import TensorCore

/// The formats of an export's matrices, and how their scales are chosen.
struct QuantizationChoice: Sendable {
    let recipe: QuantizationRecipe
    let importance: ImportanceMatrix?

    /// Throws unless the overrides and the importance matrix fit a model.
    func check(_ model: StoredModel) throws(CheckpointError) {
        for override in recipe.overrides {
            guard case .layers(let layers) = override.part else { continue }
            guard layers.lowerBound >= 0, layers.upperBound < model.configuration.layerCount else {
                throw CheckpointError(
                    file: model.source.file, name: "layers with their own format",
                    expected: "layers in 0...\(model.configuration.layerCount - 1)",
                    found: "\(layers.lowerBound)...\(layers.upperBound)")
            }
        }
        guard let importance else { return }
        var known = 0
        for tensor in model.tensors {
            guard let columns = importance[tensor.ggufName]?.count else { continue }
            known += 1
            guard columns != tensor.shape[tensor.shape.count - 1] else { continue }
            throw CheckpointError(
                file: importance.name, name: "importance of \(tensor.ggufName.quoted)",
                expected: "\(tensor.shape[tensor.shape.count - 1]) columns, as the model has", found: "\(columns)")
        }
        guard known == 0 else { return }
        throw CheckpointError(
            file: importance.name, expected: "an importance matrix of this model",
            found: "none of the model's tensors, but \(importance.names[0].quoted)")
    }
}
