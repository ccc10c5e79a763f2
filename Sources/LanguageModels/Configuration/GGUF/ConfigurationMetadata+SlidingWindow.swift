import CheckpointFiles

extension ConfigurationMetadata {
    /// Reads the layers that attend only to the last tokens; nil if there are none. Without a pattern they are those of
    /// the architecture.
    func slidingWindow(layerCount: Int) throws(CheckpointError) -> SlidingWindow? {
        if case .none = architecture.windowRule { return nil }
        let sizeKey = architecture.key(SlidingWindow.ggufKey)
        // Some converters write 0 for none.
        guard let size = try metadata.integerIfPresent(named: sizeKey, in: 0...(1 << 30)), size > 0 else { return nil }
        let layers = try statedLayers(layerCount) ?? architecture.windowedLayers(of: layerCount)
        return layers.isEmpty ? nil : SlidingWindow(size: size, layers: layers)
    }

    /// The layers of the pattern: one truth per layer, or the interval of layers without a window.
    private func statedLayers(_ layerCount: Int) throws(CheckpointError) -> Set<Int>? {
        let key = architecture.key(SlidingWindow.ggufPatternKey)
        switch metadata[key] {
        case nil: return nil
        case .array(.bools(let truths)):
            guard truths.count == layerCount else {
                throw metadata.failure(
                    key, expected: "one bool for each of \(layerCount) layers", found: "\(truths.count)")
            }
            return Set(truths.indices.filter { truths[$0] })
        default:
            let interval = try metadata.integer(named: key, in: 0...(1 << 20))
            return interval == 0 ? Set(0..<layerCount) : LayerInterval.allButLast(of: interval, in: layerCount)
        }
    }
}

extension SlidingWindow {
    /// The key, after the architecture's name, of the number of positions.
    static let ggufKey = "attention.sliding_window"
    static let ggufPatternKey = "attention.sliding_window_pattern"

    /// Sets the metadata of the window.
    func write(to metadata: inout GGUFMetadata, _ architecture: Architecture, layerCount: Int) {
        metadata[architecture.key(Self.ggufKey)] = .uint32(UInt32(size))
        guard layers != architecture.windowedLayers(of: layerCount) else { return }
        metadata[architecture.key(Self.ggufPatternKey)] = .array(.bools((0..<layerCount).map(layers.contains)))
    }
}
