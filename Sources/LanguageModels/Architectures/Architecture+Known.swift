// Every supported architecture, as the differences between its layers and those of others.

import TensorCore

extension Architecture {
    /// Llama 1, 2, 3 and models with the same graph: SmolLM, TinyLlama, CodeLlama. Touvron et al., arXiv 2302.13971.
    public static let llama = Architecture(
        name: "llama", ggufName: "llama", className: "LlamaForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(), optionalBiases: .all)

    /// Mistral 7B and models with the same graph: a Llama whose attention may be limited to a window. GGUF files call
    /// it a Llama. Jiang et al., arXiv 2310.06825.
    public static let mistral = Architecture(
        name: "mistral", ggufName: "llama", className: "MistralForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(contextLength: 131_072, keyValueHeads: 8, slidingWindow: 4096), windowRule: .allLayers)

    /// Qwen 2 and 2.5. Yang et al., arXiv 2407.10671.
    public static let qwen2 = Architecture(
        name: "qwen2", ggufName: "qwen2", className: "Qwen2ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, slidingWindow: 4096), biases: .attentionInputs,
        windowRule: .fromLayer(standard: 28))

    /// Qwen 3 without experts. Yang et al., arXiv 2505.09388.
    public static let qwen3 = Architecture(
        name: "qwen3", ggufName: "qwen3", className: "Qwen3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 32, headDimension: 128, slidingWindow: 4096),
        optionalBiases: [.attentionInputs, .attentionOutput], windowRule: .fromLayer(standard: 28), hasHeadNorms: true)

    /// SmolLM3: a Llama that rotates no queries and keys in every fourth layer. Bakouch et al., "SmolLM3", 2025; Yang
    /// et al., arXiv 2501.18795.
    public static let smolLM3 = Architecture(
        name: "smollm3", ggufName: "smollm3", className: "SmolLM3ForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(contextLength: 32768, keyValueHeads: 4, ropeBase: 2_000_000, tiesHead: true),
        optionalBiases: .all, unrotatedInterval: 4, windowRule: .unrotatedLayers)

    /// Granite 3: a Llama with factors for the embedding, the scores of attention, the residual stream and the logits.
    /// Granite Team, "Granite 3.0 Language Models", 2024; Yang et al., arXiv 2203.03466.
    public static let granite = Architecture(
        name: "granite", ggufName: "granite", className: "GraniteForCausalLM", ggufPairing: .interleaved,
        defaults: Defaults(), optionalBiases: .all, multiplierRule: .stated)

    /// Phi-3 and Phi-4: a Llama with fused tensors, whose heads may rotate in part. Abdin et al., arXiv 2404.14219.
    public static let phi3 = Architecture(
        name: "phi3", ggufName: "phi3", className: "Phi3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(contextLength: 4096, originalContext: 4096, normEpsilon: 1e-5), windowRule: .allLayers,
        isFused: true,
        rotatesPartially: true)

    /// Gemma 3 for text: norms before and after attention and the MLP, and a sliding window with a RoPE base of its own
    /// in five of six layers. Gemma Team, arXiv 2503.19786.
    public static let gemma3 = Architecture(
        name: "gemma3_text", ggufName: "gemma3", className: "Gemma3ForCausalLM", ggufPairing: .halfSplit,
        defaults: Defaults(
            contextLength: 131_072, keyValueHeads: 4, headDimension: 256, slidingWindow: 4096, ropeBase: 1_000_000,
            tiesHead: true),
        optionalBiases: [.attentionInputs, .attentionOutput], multiplierRule: .gemma, windowRule: .pattern(interval: 6),
        hasHeadNorms: true, hasPostNorms: true, storesGainsMinusOne: true, slidingRoPEBase: 10_000, activation: .gelu)

    /// Every supported architecture.
    static let all = [llama, mistral, qwen2, qwen3, smolLM3, granite, phi3, gemma3]
}
