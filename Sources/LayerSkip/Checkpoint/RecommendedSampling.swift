import CheckpointFiles
import TokenDecoding

/// The sampling that a model's files recommend.
struct RecommendedSampling: Sendable {
    /// The options; nil if the files recommend none.
    private(set) var sampling: Sampling?
    /// Notes for people on values that are not used.
    private(set) var notes: [String] = []

    /// Creates an empty recommendation.
    init() {}

    /// Reads `generation_config.json`. Values apply as in transformers: without `do_sample` the most likely token is
    /// taken. A file that omits this key and still has a temperature, top-k or top-p is meant to be sampled from. What
    /// else is left out is off, even top-k, for which transformers takes 50.
    init(_ members: JSONMembers) {
        func stated(_ key: String) -> String? { members[key].flatMap { $0 == "null" ? nil : $0 } }
        func number(_ key: String) -> Double? {
            guard let text = stated(key) else { return nil }
            guard let number = Double(text) else {
                ignore(key, text, expected: "a number")
                return nil
            }
            return number
        }
        let keys = ["temperature", "top_k", "top_p", "min_p"]
        let penalty = number("repetition_penalty")
        let choice = stated("do_sample").flatMap { Bool($0) }
        if let text = stated("do_sample"), choice == nil { ignore("do_sample", text, expected: "true or false") }
        let samples = choice ?? keys.dropLast().contains { stated($0) != nil }
        defer {
            for (key, neutral) in Self.unused {
                guard let text = stated(key), Double(text) == nil || Double(text) != neutral else { continue }
                notes.append("\(key) is not used")
            }
        }
        guard samples || penalty != nil || choice != nil else { return }
        sampling = .greedy
        set("repetition_penalty", penalty) { $0.repetitionPenalty = Float($1) }
        if samples {
            sampling?.temperature = 1
            set(keys.map { ($0, number($0)) })
        }
    }

    /// Reads a GGUF file's metadata under `general.sampling.`, which llama.cpp reads, too.
    init(_ metadata: GGUFMetadata) {
        let known = ["temp", "top_k", "top_p", "min_p"].map { Self.prefix + $0 }
        let penalty = Self.prefix + "penalty_repeat"
        let reach = Self.prefix + "penalty_last_n"
        func number(_ key: String) -> Double? {
            guard let value = metadata[key] else { return nil }
            guard let number = try? metadata.float(named: key) else {
                ignore(key, value.typeDescription, expected: "a number")
                return nil
            }
            // The shortest decimal number that rounds to the stored one, as makers write it.
            if case .float32(let float) = value { return Double("\(float)") }
            return number
        }
        for key in metadata.keys where key.hasPrefix(Self.prefix) && !(known + [penalty, reach]).contains(key) {
            notes.append("\(key) is not used")
        }
        guard (known + [penalty]).contains(where: { metadata[$0] != nil }) else { return }
        sampling = Sampling(temperature: 1)
        set(known.map { ($0, number($0)) })
        set(penalty, number(penalty)) { $0.repetitionPenalty = Float($1) }
        if metadata[penalty] != nil, let count = number(reach), count != -1 {
            notes.append("\(reach) is not used: the repetition penalty covers the whole text")
        }
    }

    private static let prefix = "general.sampling."

    /// Keys of `generation_config.json` that would change a text, with the values that do nothing.
    private static let unused: [(key: String, neutral: Double?)] = [
        ("typical_p", 1), ("top_h", nil), ("epsilon_cutoff", 0), ("eta_cutoff", 0), ("no_repeat_ngram_size", 0),
        ("num_beams", 1), ("penalty_alpha", nil), ("encoder_repetition_penalty", 1), ("guidance_scale", 1),
        ("min_length", 0), ("min_new_tokens", 0), ("suppress_tokens", nil), ("begin_suppress_tokens", nil),
        ("bad_words_ids", nil), ("forced_bos_token_id", nil), ("forced_eos_token_id", nil), ("sequence_bias", nil),
        ("stop_strings", nil),
    ]

    /// Sets temperature, top-k, top-p and min-p.
    private mutating func set(_ values: [(key: String, number: Double?)]) {
        let fields: [(inout Sampling, Double) -> Void] = [
            { $0.temperature = Float($1) }, { $0.topK = Int(exactly: $1) ?? -1 }, { $0.topP = $1 }, { $0.minP = $1 },
        ]
        for (value, field) in zip(values, fields) { set(value.key, value.number, field) }
    }

    /// Sets an option, unless its value is out of range.
    private mutating func set(_ key: String, _ value: Double?, _ field: (inout Sampling, Double) -> Void) {
        guard let value, var changed = sampling else { return }
        field(&changed, value)
        do {
            try changed.validate()
            sampling = changed
        } catch {
            ignore(key, "\(value)", expected: error.expected ?? "another value")
        }
    }

    private mutating func ignore(_ key: String, _ found: String, expected: String) {
        notes.append("\(key) is ignored: expected \(expected), found \(found.quoted)")
    }
}

extension RecommendedSampling {
    /// Stores the options in a GGUF file.
    func write(to metadata: inout GGUFMetadata) {
        guard let sampling else { return }
        metadata[Self.prefix + "temp"] = .float32(sampling.temperature)
        metadata[Self.prefix + "top_k"] = sampling.topK.map { .int32(Int32(clamping: $0)) }
        metadata[Self.prefix + "top_p"] = sampling.topP.map { .float32(Float($0)) }
        metadata[Self.prefix + "min_p"] = sampling.minP.map { .float32(Float($0)) }
        guard sampling.repetitionPenalty != 1 else { return }
        metadata[Self.prefix + "penalty_repeat"] = .float32(sampling.repetitionPenalty)
        // Of the whole text.
        metadata[Self.prefix + "penalty_last_n"] = .int32(-1)
    }

    /// The options as members of `generation_config.json`.
    var members: JSONMembers {
        guard let sampling else { return JSONMembers() }
        return JSONMembers(
            encoding: Members(
                do_sample: !sampling.isGreedy, temperature: sampling.isGreedy ? nil : Double("\(sampling.temperature)"),
                top_k: sampling.topK, top_p: sampling.topP, min_p: sampling.minP,
                repetition_penalty: sampling.repetitionPenalty == 1 ? nil : Double("\(sampling.repetitionPenalty)")))
    }

    private struct Members: Encodable {
        let do_sample: Bool
        let temperature: Double?
        let top_k: Int?
        let top_p: Double?
        let min_p: Double?
        let repetition_penalty: Double?
    }
}

extension GenerationError {
    /// What an option was expected to be.
    fileprivate var expected: String? {
        if case .invalidOption(_, let expected, _) = self { expected } else { nil }
    }
}
