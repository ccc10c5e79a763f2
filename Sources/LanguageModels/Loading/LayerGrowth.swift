import CheckpointFiles
import TensorCore

/// The initial weights of layers that are added on top of a model's own (MSLT, arXiv 2011.13635).
public enum LayerGrowth: String, Sendable, CaseIterable {
    /// Those of the topmost layers, in their order; of all layers again and again if more are added than there are.
    case copy
    /// Random numbers.
    case random
    /// Random numbers, but projections into the residual stream are zero. So the new layers change nothing at first.
    case identity
}

extension LayerGrowth {
    /// The layer that is copied.
    ///
    /// - Parameters:
    ///   - layer: a new layer, start..<layerCount.
    ///   - start: the number of layers that the model had.
    package static func copiedLayer(of layer: Int, start: Int, layerCount: Int) -> Int {
        let period = min(start, layerCount - start)
        return start - period + (layer - start) % period
    }
}

extension StoredModel {
    /// Returns the model with more layers; nil if its layers attend differently by a pattern that cannot be continued.
    ///
    /// - Parameter seed: that of the random weights.
    package func grown(to layerCount: Int, by growth: LayerGrowth, seed: UInt64) -> StoredModel? {
        guard let larger = configuration.grown(to: layerCount) else { return nil }
        return StoredModel(
            larger,
            GrownSource(source, growth, from: configuration.layerCount, to: larger, isTied: tiesHead, seed: seed))
    }
}

extension ModelConfiguration {
    fileprivate func grown(to layerCount: Int) -> ModelConfiguration? {
        let hasUsualRotations = unrotatedLayers == architecture.unrotatedLayers(of: self.layerCount)
        let windowed = slidingWindow?.layers ?? []
        guard hasUsualRotations, windowed.isEmpty || windowed == Set(0..<self.layerCount) else { return nil }
        var larger = self
        larger.layerCount = layerCount
        larger.unrotatedLayers = architecture.unrotatedLayers(of: layerCount)
        if !windowed.isEmpty { larger.slidingWindow?.layers = Set(0..<layerCount) }
        return larger
    }
}

/// The weights of a model with layers added on top.
private struct GrownSource: TensorSource {
    private let base: any TensorSource
    private let growth: LayerGrowth
    /// The number of layers of the base.
    private let start: Int
    private let layerCount: Int
    private let random: RandomInitializer
    private let zeros: Set<String>
    private let seed: UInt64

    init(
        _ base: any TensorSource, _ growth: LayerGrowth, from start: Int, to larger: ModelConfiguration, isTied: Bool,
        seed: UInt64
    ) {
        self.base = base
        self.growth = growth
        self.start = start
        self.seed = seed
        layerCount = larger.layerCount
        random = RandomInitializer(seed: seed, larger, isTied: isTied)
        let residual = larger.tensors(isTied: isTied).filter { $0.kind == .residualMatrix }
        zeros = growth == .identity ? Set(residual.map(\.name)) : []
    }

    var file: String { base.file }
    var mappings: [MappedFile] { base.mappings }
    var ropePairing: RoPEPairing { base.ropePairing }
    var gainOffset: Float { base.gainOffset }
    var settings: String { base.settings + "\(layerCount - start) layers by \(growth.rawValue) of seed \(seed)" }
    func checkUnchanged() throws(CheckpointError) { try base.checkUnchanged() }

    func storedName(of name: String) -> String { baseName(of: name).map(base.storedName) ?? name }
    func contains(_ name: String) -> Bool { baseName(of: name).map(base.contains) ?? random.contains(name) }

    func tensor(named name: String, shape: [Int]) throws(CheckpointError) -> StoredTensor {
        if let baseName = baseName(of: name) { return try base.tensor(named: baseName, shape: shape) }
        guard zeros.contains(name) else { return random.tensor(named: name, shape: shape) }
        let byteCount = shape.reduce(MemoryLayout<Float>.stride, *)
        return StoredTensor(name: name, dtype: .f32, shape: shape, bytes: Array(repeating: 0, count: byteCount))
    }

    /// The name of the base's tensor with the values; nil if they are new.
    private func baseName(of name: String) -> String? {
        let parts = name.dropFirst(TensorTable.layerPrefix.count).split(separator: ".", maxSplits: 1)
        guard name.hasPrefix(TensorTable.layerPrefix), parts.count == 2, let layer = Int(parts[0]), layer >= start
        else { return name }
        guard growth == .copy else { return nil }
        let copied = LayerGrowth.copiedLayer(of: layer, start: start, layerCount: layerCount)
        return "\(TensorTable.layerPrefix)\(copied).\(parts[1])"
    }
}
