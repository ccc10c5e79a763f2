import LayerSkip
import TestSupport

extension TinyLlamaFile {
    /// Creates a model of a random shape that the loader accepts, so small that a token takes microseconds.
    init(_ random: inout SeededGenerator) {
        self.init()
        layers = random.chance(0.7) ? random.int(1...4) : random.int(5...8)
        keyValueHeads = random.int(1...3)
        heads = keyValueHeads * random.int(1...4)
        // Any even size, with up to 128 values in all heads.
        let largest = 128 / heads / 2
        headDimension = 2 * random.int(1...(random.chance(0.7) ? min(16, largest) : min(64, largest)))
        width = random.chance(0.5) ? heads * headDimension : random.int(1...100)
        feedForwardWidth = random.int(1...120)
        let isQuantized = random.chance(0.85)
        let formats = DType.allCases.filter { !$0.isQuantized || isQuantized }
        matrixTypes =
            random.chance(0.6)
            ? [random.element(formats)]
            : (0..<random.int(2...7)).map { _ in random.element(formats) }
        // Quantized formats need rows with whole blocks.
        if let block = matrixTypes.map(\.elementsPerBlock).max(), block > 1 {
            width = (width + block - 1) / block * block
            feedForwardWidth = (feedForwardWidth + block - 1) / block * block
            keyValueHeads = random.element([1, 2])
            heads = keyValueHeads * random.element([1, 2])
            headDimension = block / heads
        }
        // With at least 260 tokens the file has a tokenizer and can be tested with text.
        vocabularySize =
            random.chance(0.4) ? random.int(260...600) : random.chance(0.1) ? random.int(1...4) : random.int(5...259)
        // Below and above 256 positions, a page of the cache.
        contextLength =
            random.chance(0.5) ? random.int(2...64) : random.chance(0.7) ? random.int(65...300) : random.int(301...800)
        isTied = random.chance(0.5)
        keySize = random.element([1, 1, 4])
        blockSize = random.element([1, 0.3, 0.1, 0.03, 0.03, 0.01])
        ropeBase = random.element([1, 10_000, 500_000, 1_000_000])
        switch random.int(0...3) {
        case 0: ropeScaling = .linear(factor: random.element([0.5, 2, 8]))
        case 1:
            ropeScaling = .frequencyFactors(
                (0..<headDimension / 2).map { _ in random.element([0.25, 1, 1, 1, 3.5, 32]) })
        default: ropeScaling = .none
        }
        architecture = random.element([.llama, .llama, .qwen2, .qwen3])
        seed = random.next()
    }

    /// The name of its weights' format in the summary.
    var formatName: String {
        let names = Set(matrixTypes.map(\.rawValue))
        return names.count == 1 ? matrixTypes[0].rawValue : "mixed"
    }

    /// One line with the properties needed to reproduce the case.
    var summary: String {
        let formats = matrixTypes.map(\.rawValue).joined(separator: " ")
        return
            "\(architecture), \(layers) layers, width \(width), MLP \(feedForwardWidth), "
            + "\(heads) heads of \(headDimension), "
            + "\(keyValueHeads) for keys and values, \(vocabularySize) tokens, context \(contextLength), "
            + "\(isTied ? "tied" : "untied"), RoPE base \(ropeBase) \(ropeScaling), block size \(blockSize), "
            + "formats \(formats)"
    }
}
