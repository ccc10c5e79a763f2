import CheckpointFiles
import TensorCore

extension TinyLlamaFile {
    func addMetadata(to metadata: inout GGUFMetadata) {
        func set(_ key: String, _ number: Int) { metadata["\(architecture).\(key)"] = .uint32(UInt32(number)) }
        metadata["general.architecture"] = .string("\(architecture)")
        metadata["general.name"] = .string("Tiny random Llama")
        set("context_length", contextLength)
        set("embedding_length", width)
        set("block_count", layers)
        set("feed_forward_length", feedForwardWidth)
        set("attention.head_count", heads)
        set("attention.head_count_kv", keyValueHeads)
        metadata["\(architecture).attention.layer_norm_rms_epsilon"] = .float32(1e-5)
        metadata["\(architecture).rope.freq_base"] = .float32(ropeBase)
        set("rope.dimension_count", headDimension)
        set("vocab_size", vocabularySize)
        if headDimension * heads != width {
            set("attention.key_length", headDimension)
            set("attention.value_length", headDimension)
        }
        switch ropeScaling {
        case .none, .frequencyFactors: break
        case .linear(let factor):
            metadata["\(architecture).rope.scaling.type"] = .string("linear")
            metadata["\(architecture).rope.scaling.factor"] = .float32(factor)
        case .yarn(let factor, let originalContext):
            metadata["\(architecture).rope.scaling.type"] = .string("yarn")
            metadata["\(architecture).rope.scaling.factor"] = .float32(factor)
            set("rope.scaling.original_context_length", originalContext)
        }
    }

    func addTensors(to writer: inout GGUFWriter) {
        var random = SeededGenerator(seed: seed)
        var matrixCount = 0
        func matrix(_ name: String, _ rows: Int, _ columns: Int, size: Float = 1) {
            // The variance is 1 / fan-in, so that normalized rows keep size 1 and logits spread over a few units.
            let scale = size / Float(columns).squareRoot()
            let numbers = (0..<rows * columns).map { _ in random.normal() * scale }
            let type = matrixTypes[matrixCount % matrixTypes.count]
            precondition(columns % type.elementsPerBlock == 0, "rows of \(columns) are not whole blocks of \(type)")
            writer.add(name + ".weight", type, shape: [rows, columns], bytes: encode(numbers, as: type))
            matrixCount += 1
        }
        func vector(_ name: String, _ count: Int, around center: Float, size: Float) {
            let numbers = (0..<count).map { _ in center + size * random.normal() }
            writer.add(name, .f32, shape: [count], bytes: littleEndian(numbers.map(\.bitPattern)))
        }
        func norm(_ name: String) { vector(name + ".weight", width, around: 1, size: 0.1) }

        matrix("token_embd", vocabularySize, width)
        if case .frequencyFactors(let factors) = ropeScaling {
            precondition(factors.count == headDimension / 2)
            let bytes = littleEndian(factors.map(\.bitPattern))
            writer.add("rope_freqs.weight", .f32, shape: [factors.count], bytes: bytes)
        }
        for layer in 0..<layers {
            let block = "blk.\(layer)."
            norm(block + "attn_norm")
            matrix(block + "attn_q", heads * headDimension, width)
            matrix(block + "attn_k", keyValueHeads * headDimension, width, size: keySize)
            matrix(block + "attn_v", keyValueHeads * headDimension, width)
            if architecture == .qwen2 {
                vector(block + "attn_q.bias", heads * headDimension, around: 0, size: 0.5)
                vector(block + "attn_k.bias", keyValueHeads * headDimension, around: 0, size: 0.5)
                vector(block + "attn_v.bias", keyValueHeads * headDimension, around: 0, size: 0.5)
            }
            if architecture == .qwen3 {
                vector(block + "attn_q_norm.weight", headDimension, around: 1, size: 0.3)
                vector(block + "attn_k_norm.weight", headDimension, around: 1, size: 0.3)
            }
            matrix(block + "attn_output", width, heads * headDimension, size: blockSize)
            norm(block + "ffn_norm")
            matrix(block + "ffn_gate", feedForwardWidth, width)
            matrix(block + "ffn_up", feedForwardWidth, width)
            matrix(block + "ffn_down", width, feedForwardWidth, size: blockSize)
        }
        norm("output_norm")
        if !isTied { matrix("output", vocabularySize, width) }
    }

    private func encode(_ numbers: [Float], as type: DType) -> [UInt8] {
        switch type {
        case .f32: return littleEndian(numbers.map(\.bitPattern))
        case .f16: return littleEndian(numbers.map { Float16($0).bitPattern })
        case .bf16:
            return littleEndian(
                numbers.map { number in
                    // Rounds to nearest, ties to even; the numbers are finite.
                    let bits = number.bitPattern
                    return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
                })
        default: return type.quantize(numbers)
        }
    }

    private func littleEndian(_ patterns: [some FixedWidthInteger]) -> [UInt8] {
        patterns.flatMap { pattern in withUnsafeBytes(of: pattern.littleEndian) { Array($0) } }
    }
}
