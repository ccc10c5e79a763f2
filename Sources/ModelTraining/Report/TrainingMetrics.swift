public import LanguageModels

/// A measurement of a run: one line of `metrics.jsonl`.
public enum TrainingMetrics: Sendable, Equatable {
    case step(StepMetrics)
    case validation(ValidationMetrics)
    case samples(SampleMetrics)

    /// The number of steps completed by then.
    public var step: Int {
        switch self {
        case .step(let step): step.step
        case .validation(let validation): validation.step
        case .samples(let samples): samples.step
        }
    }
}

/// The measurements of one step.
public struct StepMetrics: Sendable, Equatable, Codable {
    /// The number of steps completed, including this one.
    public let step: Int
    /// J(t), in nats per token.
    public let loss: Double
    /// The last layer's loss, in nats per token; nil if the step did not compute it.
    public let lastLoss: Double?
    /// The gradients' norm before clipping.
    public let norm: Double
    /// The learning rate.
    public let rate: Double
    /// The number of training tokens so far.
    public let tokens: Int
    /// The throughput of this step.
    public let tokensPerSecond: Double

    enum CodingKeys: String, CodingKey {
        case step, loss, norm, rate, tokens
        case lastLoss = "last_loss"
        case tokensPerSecond = "tokens_per_second"
    }
}

/// The measurements of one validation: exits on data that the model is not trained on.
public struct ValidationMetrics: Sendable, Equatable, Codable {
    /// The number of steps completed by then.
    public let step: Int
    /// The number of scored tokens.
    public let scoredTokens: Int
    /// The measured exits, in order, of which the last is the model's own.
    public let exits: [ExitEvaluation.Exit]

    enum CodingKeys: String, CodingKey {
        case step, exits
        case scoredTokens = "scored_tokens"
    }

    init(step: Int, scoredTokens: Int, exits: [ExitEvaluation.Exit]) {
        self.step = step
        self.scoredTokens = scoredTokens
        self.exits = exits
    }

    init(step: Int, _ evaluation: ExitEvaluation) {
        self.init(step: step, scoredTokens: evaluation.scoredTokens, exits: evaluation.exits)
    }

    /// The last exit's loss, by which checkpoints are compared.
    public var lastLoss: Double { exits.last?.loss ?? .infinity }
}

extension TrainingMetrics: Codable {
    /// The keys that distinguish the cases: only a validation has exits.
    private enum CodingKeys: String, CodingKey { case exits, samples }

    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        if keys.contains(.exits) {
            self = .validation(try .init(from: decoder))
        } else if keys.contains(.samples) {
            self = .samples(try .init(from: decoder))
        } else {
            self = .step(try .init(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .step(let step): try step.encode(to: encoder)
        case .validation(let validation): try validation.encode(to: encoder)
        case .samples(let samples): try samples.encode(to: encoder)
        }
    }
}

extension TrainingMetrics {
    /// Whether a run of a model with `layerCount` layers can have measured this. Lines of a file may contain anything.
    func isPlausible(layerCount: Int) -> Bool {
        // Charts and formatting need not support larger numbers.
        func isNumber(_ value: Double) -> Bool { value.magnitude < 1e15 }
        guard step >= 0 else { return false }
        switch self {
        case .step(let step):
            return step.tokens >= 0
                && [step.loss, step.lastLoss ?? 0, step.norm, step.rate, step.tokensPerSecond].allSatisfy(isNumber)
        case .samples: return true
        case .validation(let validation):
            let exits = validation.exits.map(\.exit)
            return validation.scoredTokens >= 0 && exits == Set(exits).sorted() && exits.first ?? 0 >= 1
                && exits.last == layerCount
                && validation.exits.allSatisfy { [$0.loss, $0.accuracy, $0.agreement].allSatisfy(isNumber) }
        }
    }
}
