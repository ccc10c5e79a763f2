package import CheckpointFiles
public import TensorCore

/// A model of any architecture we know, loaded from a file. One case and one line a switch for each.
public enum LoadedModel: LanguageModel {
    /// Llama and what shares its graph.
    case llama(Llama)

    /// Loads the model in a GGUF file.
    ///
    /// - Throws: if its architecture is unknown, or its metadata or tensors are wrong.
    package init(_ file: GGUFFile, on compute: ComputeContext) throws(CheckpointError) {
        switch try GGUFArchitecture(file) {
        case .llama: self = .llama(try Llama(file, on: compute))
        }
    }

    private var model: any LanguageModel {
        switch self {
        case .llama(let llama): llama
        }
    }

    public var layerCount: Int { model.layerCount }
    public var vocabularySize: Int { model.vocabularySize }
    public var contextLength: Int { model.contextLength }
    public var attention: AttentionShape { model.attention }
    public var weightByteCount: Int { model.weightByteCount }
    public var compute: ComputeContext { model.compute }

    public func embed(_ tokens: [Token]) -> Tensor { model.embed(tokens) }
    public func logits(_ x: Tensor) -> Tensor { model.logits(x) }

    public func block(_ index: Int, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable) -> Tensor {
        switch self {
        case .llama(let llama): llama.block(index, x, &memory)
        }
    }
}
