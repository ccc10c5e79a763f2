import CheckpointFiles

/// The quantization of a folder's weights, as stated in its `config.json`.
struct Quantization {
    /// The key that states it.
    let key: String
    /// The method's name, such as GPTQ, and the number of bits.
    let description: String

    /// Finds the quantization in a file's members; nil if there is none.
    init?(_ members: JSONMembers) {
        let keys = ["quantization_config", "compression_config", "quantization"]
        guard let key = keys.first(where: { members[$0].map { $0 != "null" } ?? false }) else { return nil }
        self.key = key
        let content = members.object(key) ?? JSONMembers()
        var method: String? = content.value("quant_method").map { (name: String) in Self.names[name] ?? name.inMessage }
        for (flag, bits) in [("load_in_4bit", 4), ("load_in_8bit", 8)] where content.value(flag) == true {
            description = "\(method ?? "bitsandbytes") (\(bits) bits)"
            return
        }
        if method == nil, members["quantization"] != nil { method = "MLX" }
        let bits: Int? = ["bits", "w_bit", "wbits"].lazy.compactMap { content.value($0) }.first
        description = (method ?? "an unnamed method") + (bits.map { " (\($0) bits)" } ?? "")
    }

    /// The names of methods whose `quant_method` is spelled differently.
    private static let names = [
        "gptq": "GPTQ", "awq": "AWQ", "fp8": "FP8", "fbgemm_fp8": "FP8 (FBGEMM)", "mxfp4": "MXFP4", "hqq": "HQQ",
        "aqlm": "AQLM", "eetq": "EETQ", "vptq": "VPTQ", "spqr": "SpQR", "bitnet": "BitNet", "modelopt": "ModelOpt",
        "exl2": "EXL2", "auto-round": "AutoRound", "compressed-tensors": "compressed-tensors",
    ]

    /// Describes quantized weights and what to use instead, for errors.
    static func found(_ description: String) -> String {
        "weights quantized with \(description); use the folder of the model without quantization, or a GGUF file of it"
    }

    /// The method that a tensor's name belongs to; nil if it is no part of a quantized matrix.
    static func method(ofTensor name: String) -> String? {
        suffixes.first { name.hasSuffix($0.suffix) || name.contains($0.suffix + ".") }?.method
    }

    private static let suffixes = [
        (".qweight", "GPTQ or AWQ"), (".qzeros", "GPTQ or AWQ"), (".g_idx", "GPTQ"),
        (".weight_scale_inv", "FP8"), (".weight_scale", "FP8 or compressed-tensors"),
        (".input_scale", "FP8 or compressed-tensors"), (".weight_packed", "compressed-tensors"),
        (".absmax", "bitsandbytes"), (".quant_map", "bitsandbytes"), (".quant_state", "bitsandbytes"),
        (".SCB", "bitsandbytes"), (".scales", "MLX, GPTQ or AWQ"),
    ].map { (suffix: $0, method: $1) }
}
