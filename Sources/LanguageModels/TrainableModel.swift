public import TensorCore

/// A language model whose weights an optimizer can change.
///
/// It is trained by the same three functions that it decodes with: what they compute from parameters is recorded.
public protocol TrainableModel: LanguageModel {
    /// What training changes, in a fixed order; frozen weights are not among them.
    var parameters: [Parameter] { get }
    /// All weights of a model that was loaded for training, parameters and frozen, in the order of a checkpoint.
    var tensors: [NamedTensor] { get }

    /// The same model as plain weights, which share the parameters' storage and so follow their changes: for validation
    /// and decoding, which record nothing.
    func detached() -> Self
}
