/// The layers of a model, counted in intervals.
enum LayerInterval {
    /// The last layer of every `interval` layers.
    static func last(of interval: Int, in layerCount: Int) -> Set<Int> {
        Set((0..<layerCount).filter { ($0 + 1).isMultiple(of: interval) })
    }

    /// All layers but the last of every `interval` layers.
    static func allButLast(of interval: Int, in layerCount: Int) -> Set<Int> {
        Set(0..<layerCount).subtracting(last(of: interval, in: layerCount))
    }
}
