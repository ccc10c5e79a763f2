package import TensorCore

/// Some models have a block of their own before the head at one exit (Balcony, Jamialahmadi et al., arXiv 2503.05005).
/// It lets a trunk that never learned to speak early do so, and changes nothing behind the exit.
///
/// It attends to its own keys and values. So every pass that comes by the exit stores them, whether or not it needs the
/// exit's logits.
extension LanguageModel {
    /// The number of layers of a cache: all, and an exit block.
    package var cacheLayerCount: Int { layerCount + (exitBlock == nil ? 0 : 1) }

    /// Runs blocks `layers`, and stores the exit block's keys and values if they come by it.
    package func pass(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> Tensor {
        guard let exit = exitBlock, layers.lowerBound < exit, exit <= layers.upperBound else {
            return run(layers, x, &memory)
        }
        let x = run(layers.lowerBound..<exit, x, &memory)
        storeKeysAndValues(layerCount, x, &memory)
        return exit < layers.upperBound ? run(exit..<layers.upperBound, x, &memory) : x
    }

    /// Runs blocks `layers`, of which there is at least one, up to an exit.
    ///
    /// - Returns: the input of the next block, and that of the head at this exit. They differ if the exit has a block.
    package func runToExit(
        _ layers: Range<Int>, _ x: Tensor, _ memory: inout some AttentionMemory & ~Copyable
    ) -> (hidden: Tensor, output: Tensor) {
        guard layers.upperBound == exitBlock else {
            let x = pass(layers, x, &memory)
            return (x, x)
        }
        let x = run(layers, x, &memory)
        return (x, run(layerCount..<layerCount + 1, x, &memory))
    }
}
