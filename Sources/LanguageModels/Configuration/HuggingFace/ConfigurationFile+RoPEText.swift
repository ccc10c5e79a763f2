extension ConfigurationFile {
    /// The value of `rope_scaling` or `rope_parameters`.
    struct RoPEText: Codable {
        var type: String?
        var olderType: String?
        var base: Double?
        var partialRotaryFactor: Double?
        var factor: Double?
        var originalContext: Int?
        var lowFrequencyFactor: Double?
        var highFrequencyFactor: Double?
        var attentionFactor: Double?
        var fastTurns: Double?
        var slowTurns: Double?
        var magnitudeWeight: Double?
        var magnitudeDivisorWeight: Double?
        var roundsBorders: Bool?
        var shortDivisors: [Double]?
        var longDivisors: [Double]?
        /// The parameters of each kind of layer, which transformers 5 nests for models with two rotations.
        var layers: [String: RoPEText] = [:]
        /// The keys that are present and not null.
        var presentKeys: [String] = []
        /// The keys whose value is null.
        var nullKeys: [String] = []

        enum CodingKeys: String, CodingKey, CaseIterable {
            case type = "rope_type"
            case olderType = "type"
            case base = "rope_theta"
            case partialRotaryFactor = "partial_rotary_factor"
            case factor
            case originalContext = "original_max_position_embeddings"
            case lowFrequencyFactor = "low_freq_factor"
            case highFrequencyFactor = "high_freq_factor"
            case attentionFactor = "attention_factor"
            case fastTurns = "beta_fast"
            case slowTurns = "beta_slow"
            case magnitudeWeight = "mscale"
            case magnitudeDivisorWeight = "mscale_all_dim"
            case roundsBorders = "truncate"
            case shortDivisors = "short_factor"
            case longDivisors = "long_factor"
        }

        init() {}

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            func value<Value: Decodable>(_ key: CodingKeys) throws -> Value? {
                try values.decodeIfPresent(Value.self, forKey: key)
            }
            type = try value(.type)
            olderType = try value(.olderType)
            base = try value(.base)
            partialRotaryFactor = try value(.partialRotaryFactor)
            factor = try value(.factor)
            originalContext = try value(.originalContext)
            lowFrequencyFactor = try value(.lowFrequencyFactor)
            highFrequencyFactor = try value(.highFrequencyFactor)
            attentionFactor = try value(.attentionFactor)
            fastTurns = try value(.fastTurns)
            slowTurns = try value(.slowTurns)
            magnitudeWeight = try value(.magnitudeWeight)
            magnitudeDivisorWeight = try value(.magnitudeDivisorWeight)
            roundsBorders = try value(.roundsBorders)
            shortDivisors = try value(.shortDivisors)
            longDivisors = try value(.longDivisors)
            let all = try decoder.container(keyedBy: AnyKey.self)
            for kind in LayerKind.allCases {
                let key = AnyKey(kind.rawValue)
                if let nested = try all.decodeIfPresent(RoPEText.self, forKey: key) { layers[kind.rawValue] = nested }
            }
            for key in all.allKeys.map(\.stringValue).sorted() {
                if try all.decodeNil(forKey: AnyKey(key)) { nullKeys.append(key) } else { presentKeys.append(key) }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encodeIfPresent(type, forKey: .type)
            try values.encodeIfPresent(olderType, forKey: .olderType)
            try values.encodeIfPresent(base, forKey: .base)
            try values.encodeIfPresent(factor, forKey: .factor)
            try values.encodeIfPresent(originalContext, forKey: .originalContext)
            try values.encodeIfPresent(lowFrequencyFactor, forKey: .lowFrequencyFactor)
            try values.encodeIfPresent(highFrequencyFactor, forKey: .highFrequencyFactor)
            try values.encodeIfPresent(attentionFactor, forKey: .attentionFactor)
            try values.encodeIfPresent(fastTurns, forKey: .fastTurns)
            try values.encodeIfPresent(slowTurns, forKey: .slowTurns)
            try values.encodeIfPresent(roundsBorders, forKey: .roundsBorders)
            try values.encodeIfPresent(shortDivisors, forKey: .shortDivisors)
            try values.encodeIfPresent(longDivisors, forKey: .longDivisors)
            var nested = encoder.container(keyedBy: AnyKey.self)
            for (kind, text) in layers.sorted(by: { $0.key < $1.key }) { try nested.encode(text, forKey: AnyKey(kind)) }
        }
    }

    /// The kinds of layers in `layer_types`.
    enum LayerKind: String, CaseIterable {
        case full = "full_attention"
        case sliding = "sliding_attention"
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
