import TensorCore

extension ModelConfiguration {
    /// Notes on what a GGUF file cannot say about the model, and on what llama.cpp does not read (its src/models).
    package var ggufNotes: [String] { openingNotes + textNotes }

    /// Notes on models that llama.cpp cannot open.
    private var openingNotes: [String] {
        var notes: [String] = []
        func add(_ what: String) { notes.append("llama.cpp cannot open a \(architecture.name) model with \(what)") }
        if biases.contains(.attentionOutput), [.qwen3, .smolLM3, .gemma3].contains(architecture) {
            add("biases in attention's output")
        }
        if attention.heads * attention.headDimension != width, [.qwen2, .granite, .phi3].contains(architecture) {
            add("heads that together are not as wide as the model")
        }
        return notes
    }

    /// Notes on models of which llama.cpp writes other texts.
    private var textNotes: [String] {
        var notes: [String] = []
        func add(_ what: String) { notes.append("llama.cpp ignores \(what): it will write other texts") }
        if let size = slidingWindow?.size, size < contextLength, architecture != .gemma3 {
            add("the sliding window of \(size) tokens of a \(architecture.name) model")
        }
        if !ggufRoPETensors.isEmpty, [.qwen2, .qwen3, .smolLM3, .gemma3].contains(architecture) {
            add("the RoPE factors of a \(architecture.name) model")
        }
        let scale = multipliers.attention ?? attention.scale
        if architecture == .gemma3, scale != attention.usualGemmaScale(width: width, layerCount: layerCount) {
            add("query_pre_attn_scalar")
        }
        if unrotatedLayers != architecture.unrotatedLayers(of: layerCount) { add("which layers are without RoPE") }
        switch rope.scaling {
        case .dynamic:
            notes.append("a GGUF file has no place for dynamic RoPE, which changes no text within the context")
        case .yarn(let scaling) where !scaling.isUsual: add("beta_fast, beta_slow and truncate of YaRN")
        default: break
        }
        return notes
    }
}
