package import TensorCore

/// A language model whose weights an optimizer can change.
///
/// Training uses the same three functions as decoding; operations on parameters are recorded.
package protocol TrainableModel: LanguageModel {
    /// The weights that training changes, in a fixed order, without frozen weights.
    var parameters: [Parameter] { get }
    /// All weights of a model that was loaded for training, parameters and frozen ones, in the order of a checkpoint.
    var tensors: [NamedTensor] { get }

    /// The same model with plain weights, for validation and decoding, which record nothing. The weights share the
    /// parameters' storage and so follow their changes.
    func detached() -> Self
}
