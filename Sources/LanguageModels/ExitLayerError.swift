/// The error for an exit layer that the model does not have.
public struct ExitLayerError: Error, Equatable, CustomStringConvertible {
    /// The requested exit layer.
    public let found: Int
    /// The model's number of layers, which is also its last exit.
    public let layerCount: Int

    package init(found: Int, layerCount: Int) {
        self.found = found
        self.layerCount = layerCount
    }

    /// What was expected, what was found and what to do.
    public var description: String {
        """
        exit layer: expected 1...\(layerCount) (the number of layers to run), found \(found); choose one of the \
        model's \(layerCount) layers
        """
    }

    /// Throws unless 1 <= exitLayer <= layerCount.
    package static func check(_ exitLayer: Int, layerCount: Int) throws(ExitLayerError) {
        guard (1...layerCount).contains(exitLayer) else {
            throw ExitLayerError(found: exitLayer, layerCount: layerCount)
        }
    }
}
