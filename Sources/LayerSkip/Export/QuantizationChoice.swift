import CheckpointFiles
import LanguageModels
import TensorCore

/// The formats of an export's matrices, and how their scales are chosen.
struct QuantizationChoice: Sendable {
    let recipe: QuantizationRecipe
    let importance: ImportanceMatrix?

    /// Throws unless the overrides and the importance matrix fit a model.
    func check(_ model: StoredModel) throws(CheckpointError) {
        try model.check(recipe)
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
