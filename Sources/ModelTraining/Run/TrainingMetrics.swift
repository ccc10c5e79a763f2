public import LanguageModels

/// What a run measured: one line of `metrics.jsonl` each.
public enum TrainingMetrics: Sendable, Equatable {
    case step(StepMetrics)
    case validation(ValidationMetrics)

    /// How many steps had been made.
    public var step: Int {
        switch self {
        case .step(let step): step.step
        case .validation(let validation): validation.step
        }
    }
}

/// One step.
public struct StepMetrics: Sendable, Equatable, Codable {
    /// How many steps had been made, this one included.
    public let step: Int
    /// J(t), in nats a token.
    public let loss: Double
    /// The last layer's loss, in nats a token.
    public let lastLoss: Double
    /// The gradients' norm before clipping.
    public let norm: Double
    /// The learning rate.
    public let rate: Double
    /// Tokens that have been learned from so far.
    public let tokens: Int
    /// Tokens of this step by its time.
    public let tokensPerSecond: Double

    enum CodingKeys: String, CodingKey {
        case step, loss, norm, rate, tokens
        case lastLoss = "last_loss"
        case tokensPerSecond = "tokens_per_second"
    }
}

/// One validation: every exit on data that the model does not learn from.
public struct ValidationMetrics: Sendable, Equatable, Codable {
    /// How many steps had been made.
    public let step: Int
    /// How many tokens were scored.
    public let scoredTokens: Int
    /// Every exit, in order.
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
    /// Told by their keys: only a validation has exits.
    private enum CodingKeys: String, CodingKey { case exits }

    public init(from decoder: any Decoder) throws {
        let isValidation = try decoder.container(keyedBy: CodingKeys.self).contains(.exits)
        self = isValidation ? .validation(try .init(from: decoder)) : .step(try .init(from: decoder))
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .step(let step): try step.encode(to: encoder)
        case .validation(let validation): try validation.encode(to: encoder)
        }
    }
}

extension TrainingMetrics {
    /// Whether a run of a model with `layerCount` layers can have measured this; lines of a file may say anything.
    func isPlausible(layerCount: Int) -> Bool {
        // Beyond this, what draws and formats numbers need not work.
        func isNumber(_ value: Double) -> Bool { value.magnitude < 1e15 }
        guard step >= 0 else { return false }
        switch self {
        case .step(let step):
            return step.tokens >= 0
                && [step.loss, step.lastLoss, step.norm, step.rate, step.tokensPerSecond].allSatisfy(isNumber)
        case .validation(let validation):
            return validation.scoredTokens >= 0 && validation.exits.map(\.exit) == Array(1...layerCount)
                && validation.exits.allSatisfy { [$0.loss, $0.accuracy, $0.agreement].allSatisfy(isNumber) }
        }
    }
}
