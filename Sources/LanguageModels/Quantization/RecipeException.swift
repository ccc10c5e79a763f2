import TensorCore

/// A rule of a recipe that gives some matrices of some layers another format than the main one.
struct RecipeException: Sendable, Hashable {
    /// The matrix of a layer. A fused projection to queries, keys and values counts as that to values.
    enum Part: Sendable { case value, attentionOutput, down }

    /// The layers in which it applies, or the models.
    enum Condition: Sendable, Hashable {
        case always
        /// The first so many layers.
        case firstLayers(Int)
        /// The first layers, one of so many; perhaps only with, or only without, an importance matrix.
        case firstPart(Int, withImportance: Bool? = nil)
        /// The first and the last eighth, and every third layer between them.
        case sensitiveLayers
        /// Every layer of a model in which at least four heads of queries share a head of values.
        case sharedValues
    }

    let part: Part
    let dtype: DType
    let condition: Condition

    init(_ part: Part, _ dtype: DType, in condition: Condition = .always) {
        self.part = part
        self.dtype = dtype
        self.condition = condition
    }

    /// Whether the rule applies to a matrix of a layer.
    func includes(
        _ role: TensorRole, layer: Int, of configuration: ModelConfiguration, hasImportance: Bool
    ) -> Bool {
        guard role.matches(part) else { return false }
        let count = configuration.layerCount
        switch condition {
        case .always: return true
        case .firstLayers(let first): return layer < first
        case .firstPart(let parts, let needed): return layer < count / parts && needed ?? hasImportance == hasImportance
        case .sensitiveLayers:
            let first = count / 8
            return layer < first || layer >= 7 * count / 8 || (layer - first) % 3 == 2
        case .sharedValues: return configuration.attention.heads / configuration.attention.keyValueHeads >= 4
        }
    }
}

extension TensorRole {
    /// Whether the matrix computes values.
    var isValue: Bool { self == .value || self == .queryKeyValue }

    fileprivate func matches(_ part: RecipeException.Part) -> Bool {
        switch part {
        case .value: isValue
        case .attentionOutput: self == .attentionOutput
        case .down: self == .down
        }
    }
}
