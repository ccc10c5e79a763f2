import CheckpointFiles

extension ConfigurationFile.Reader {
    /// Reads the layers that attend only to the last tokens; nil if there are none.
    func slidingWindow(
        layerCount: Int, unrotatedLayers: Set<Int>
    ) throws(CheckpointError) -> SlidingWindow? {
        let architecture = content.modelType.architecture
        let size = content.slidingWindow.resolved(standard: architecture.defaults.slidingWindow)
        let layers: Set<Int>
        switch architecture.windowRule {
        case .none:
            try refuseWindowedLayers(layerCount)
            return nil
        case .allLayers:
            let usual = size == nil ? [] : Set(0..<layerCount)
            // A Mistral with this list is a Ministral to transformers.
            layers = try (architecture == .mistral ? statedLayers(layerCount) : nil) ?? usual
        case .fromLayer(let standard):
            guard content.usesSlidingWindow == true, size != nil else {
                try refuseWindowedLayers(layerCount)
                return nil
            }
            let first = try checked(.unwindowedLayers, content.unwindowedLayers ?? standard, in: 0...(1 << 20))
            layers = try statedLayers(layerCount) ?? Set(0..<layerCount).filter { $0 >= first }
        case .unrotatedLayers:
            let usual = content.usesSlidingWindow == true && size != nil ? unrotatedLayers : []
            layers = try statedLayers(layerCount) ?? usual
        case .pattern(let interval):
            let interval = try checked(
                .slidingWindowPattern, content.slidingWindowPattern ?? interval, in: 1...(1 << 20))
            layers =
                try statedLayers(layerCount) ?? LayerInterval.allButLast(of: interval, in: layerCount)
        }
        guard !layers.isEmpty else { return nil }
        guard let size else {
            throw failure(.slidingWindow, expected: "a number of tokens, for the sliding layers", found: "null")
        }
        return SlidingWindow(size: try checked(.slidingWindow, size, in: 1...(1 << 30)), layers: layers)
    }

    /// The layers that `layer_types` lists as sliding; nil if there is no such list.
    private func statedLayers(_ layerCount: Int) throws(CheckpointError) -> Set<Int>? {
        guard let kinds = content.layerTypes else { return nil }
        let known = ConfigurationFile.LayerKind.allCases.map(\.rawValue)
        if let other = kinds.first(where: { !known.contains($0) }) {
            throw failure(.layerTypes, expected: known.map(\.quoted).joined(separator: " or "), found: other.quoted)
        }
        guard kinds.count == layerCount else {
            throw failure(.layerTypes, expected: "one for each of \(layerCount) layers", found: "\(kinds.count)")
        }
        return Set(kinds.indices.filter { kinds[$0] == ConfigurationFile.LayerKind.sliding.rawValue })
    }

    private func refuseWindowedLayers(_ layerCount: Int) throws(CheckpointError) {
        if let other = content.layerTypes?.first(where: { $0 != ConfigurationFile.LayerKind.full.rawValue }) {
            throw failure(.layerTypes, expected: "\"full_attention\" in every layer", found: other.quoted)
        }
        _ = try statedLayers(layerCount)
    }
}
