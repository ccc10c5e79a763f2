import CheckpointFiles

/// `adapter_config.json`, PEFT's description of an adapter.
struct AdapterConfiguration {
    let settings: LowRankSettings
    /// The path or name of the model that the adapter changes.
    let base: String?
    /// The names of the adapted matrices; nil if the file has a pattern instead.
    let targets: [String]?

    /// Reads the file at a path.
    ///
    /// - Throws: if it is missing or wrong, or asks for something that is not done here.
    init(path: String) throws(CheckpointError) {
        let members = try inCheckpoint(try JSONMembers(file: path))
        try Self.refuseOtherKinds(members, file: path)
        func failure(_ key: String, _ expected: String) -> CheckpointError {
            CheckpointError(
                file: path, name: "key \(key.quoted)", expected: expected,
                found: members[key].map { $0.inMessage } ?? "no such key")
        }
        guard let rank: Int = members.value("r"), rank > 0 else { throw failure("r", "a positive integer") }
        guard let alpha: Double = members.value("lora_alpha"), Float(alpha).isFinite else {
            throw failure("lora_alpha", "a number that F32 can hold")
        }
        let targets: [String]? = members.value("target_modules")
        guard let targets = targets ?? (members.value("target_modules", as: String.self) == nil ? nil : []) else {
            throw failure("target_modules", "a list of names, or a pattern")
        }
        self.targets = targets.isEmpty ? nil : targets.sorted()
        var layers: [Int]? = members.value("layers_to_transform")
        if let one: Int = members.value("layers_to_transform") { layers = [one] }
        guard layers != nil || members.isNull("layers_to_transform") else {
            throw failure("layers_to_transform", "a list of layers, a layer or null")
        }
        let isRankStabilized: Bool? = members.value("use_rslora")
        guard isRankStabilized != nil || members.isNull("use_rslora") else {
            throw failure("use_rslora", "true or false")
        }
        settings = LowRankSettings(
            rank: rank, alpha: alpha, isRankStabilized: isRankStabilized ?? false, matrices: targets,
            layers: layers?.sorted())
        base = members.value("base_model_name_or_path")
    }

    /// Describes an adapter of a model.
    static func json(_ settings: LowRankSettings, base: String) -> [UInt8] {
        JSONText.encode(
            Written(
                base: base, rank: settings.rank, alpha: settings.alpha, isRankStabilized: settings.isRankStabilized,
                targets: settings.matrices, layers: settings.layers))
    }

    /// Keys that change what an adapter does, with the values that change nothing.
    private static func refuseOtherKinds(_ members: JSONMembers, file: String) throws(CheckpointError) {
        func isEmpty(_ key: String) -> Bool {
            guard let text = members[key]?.filter({ !$0.isWhitespace }) else { return true }
            return ["null", "false", "[]", "{}"].contains(text)
        }
        func refuse(_ key: String, expected: String) throws(CheckpointError) {
            throw CheckpointError(
                file: file, name: "key \(key.quoted)",
                expected: "\(expected); in Python, peft's merge_and_unload makes a whole model of the adapter",
                found: members[key].map { $0.inMessage } ?? "no such key")
        }
        guard members.value("peft_type") == "LORA" else { return try refuse("peft_type", expected: "\"LORA\"") }
        if !members.isNull("task_type"), members.value("task_type") != "CAUSAL_LM" {
            return try refuse("task_type", expected: "\"CAUSAL_LM\" or null")
        }
        if !members.isNull("bias"), members.value("bias") != "none" {
            return try refuse("bias", expected: "\"none\", since biases are not adapted")
        }
        // Newer kinds of LoRA have a flag or a configuration of their own. These configurations are of initializations.
        let harmless = [
            "use_rslora", "loftq_config", "corda_config", "eva_config", "lora_ga_config", "megatron_config",
        ]
        let others = members.keys.filter {
            ($0.hasPrefix("use_") || $0.hasSuffix("_config")) && !harmless.contains($0)
        }
        let refused = [
            "lora_bias", "fan_in_fan_out", "modules_to_save", "layer_replication", "trainable_token_indices",
            "target_parameters", "alora_invocation_tokens", "rank_pattern", "alpha_pattern",
        ]
        for key in refused + others where !isEmpty(key) {
            try refuse(key, expected: "nothing, since only plain LoRA of one rank is supported")
        }
        // These initializations also change the weights of the base.
        let method: String? = members.value("init_lora_weights")
        let isFlag = members.value("init_lora_weights", as: Bool.self) != nil
        guard method != nil || isFlag || members.isNull("init_lora_weights") else {
            return try refuse("init_lora_weights", expected: "true, false or the name of an initialization")
        }
        if let method, changesBase(method) {
            try refuse("init_lora_weights", expected: "an initialization that leaves the base as it is")
        }
    }

    private static func changesBase(_ method: String) -> Bool {
        ["pissa", "olora", "corda", "loftq", "lora_ga"].contains { method.lowercased().hasPrefix($0) }
    }

    /// The members in PEFT's spelling. Those that are left out have their defaults there.
    private struct Written: Encodable {
        let base: String
        let rank: Int
        let alpha: Double
        let isRankStabilized: Bool
        let targets: [String]
        let layers: [Int]?

        enum CodingKeys: String, CodingKey {
            case base = "base_model_name_or_path"
            case rank = "r"
            case alpha = "lora_alpha"
            case isRankStabilized = "use_rslora"
            case targets = "target_modules"
            case layers = "layers_to_transform"
            case kind = "peft_type"
            case task = "task_type"
            case bias
            case dropout = "lora_dropout"
            case isForInference = "inference_mode"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(base, forKey: .base)
            try container.encode(rank, forKey: .rank)
            try container.encode(alpha, forKey: .alpha)
            try container.encode(isRankStabilized, forKey: .isRankStabilized)
            try container.encode(targets, forKey: .targets)
            try container.encode(layers, forKey: .layers)
            try container.encode("LORA", forKey: .kind)
            try container.encode("CAUSAL_LM", forKey: .task)
            try container.encode("none", forKey: .bias)
            try container.encode(0.0, forKey: .dropout)
            try container.encode(true, forKey: .isForInference)
        }
    }
}

extension JSONMembers {
    /// Whether a key is missing or its value is null.
    fileprivate func isNull(_ key: String) -> Bool { self[key].map { $0 == "null" } ?? true }
}
