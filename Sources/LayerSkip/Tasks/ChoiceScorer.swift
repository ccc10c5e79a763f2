import CheckpointFiles
package import LanguageModels
import TextTokens

/// Scores the choices of multiple-choice items at several exits of a model.
package struct ChoiceScorer: ~Copyable {
    private let model: TextModel
    private var scorer: ContinuationScorer<LoadedModel>

    /// - Parameter exits: numbers of layers in 1...L.
    package init(_ model: TextModel, exits: [Int], cacheFormat: CacheFormat = .standard) {
        self.model = model
        scorer = ContinuationScorer(model.model, exits: exits, cacheFormat: cacheFormat)
    }

    /// The exits, ascending.
    package var exits: [Int] { scorer.exits }

    /// A context with the choices that may follow it, as tokens.
    package struct Question: Sendable {
        /// Each choice after the context.
        fileprivate let texts: [ContinuationScorer<LoadedModel>.Scored]
        fileprivate let byteCounts: [Int]
        /// The tokens of the context with each choice.
        package var tokens: [[Token]] { texts.map(\.tokens) }
        /// The index of each choice's first token.
        package var starts: [Int] { texts.map(\.start) }
        /// The number of tokens of the longest text.
        package var longest: Int { texts.map(\.tokens.count).max() ?? 0 }
    }

    /// Encodes choices that follow a text. Spaces at the end of the text go to the choices, because most vocabularies
    /// join a space with the word after it.
    ///
    /// - Parameters:
    ///   - prefix: what is between the text and each choice, usually a space.
    /// - Throws: ``CheckpointError`` if the tokenizer cannot encode the text; ``GenerationError`` if it is too long;
    ///   ``FileError`` if nothing is before the choices.
    package static func question(
        after text: String, choices: [String], prefix: String, of model: TextModel, name: String
    ) throws -> Question {
        let spaces = String(text.reversed().prefix { $0 == " " || $0 == "\n" || $0 == "\t" }.reversed())
        let context = String(text.dropLast(spaces.count))
        let contextTokens = try model.encode(prompt: context)
        let texts = try choices.map { choice in
            let tokens = try model.encode(prompt: context + spaces + prefix + choice)
            // Where a choice changes the context's last token, all from there on is scored.
            let common = zip(contextTokens, tokens).prefix { $0 == $1 }.count
            return (tokens: tokens, start: min(common, tokens.count - 1))
        }
        return try question(texts, choices, of: model, name)
    }

    /// Encodes choices that follow a conversation as the model's answer.
    ///
    /// - Parameter context: the tokens of the conversation.
    /// - Throws: as above.
    package static func question(
        after context: [Token], choices: [String], prefix: String, of model: TextModel, name: String
    ) throws -> Question {
        let texts = try choices.map { choice in
            let tokens = try inFile(model.summary.path) { () throws(TokenizerError) in
                try model.tokenizer.encode(prefix + choice, addingSpecialTokens: false)
            }
            return (tokens: context + tokens, start: context.count)
        }
        return try question(texts, choices, of: model, name)
    }

    private static func question(
        _ texts: [(tokens: [Token], start: Int)], _ choices: [String], of model: TextModel, _ name: String
    ) throws -> Question {
        for (tokens, start) in texts {
            guard start >= 1, start < tokens.count else {
                throw FileError(
                    file: name, expected: "a question before the choices, and choices with tokens",
                    found: start == 0 ? "an empty question" : "a choice without tokens")
            }
            // The last token is predicted, not read.
            guard tokens.count <= model.shape.contextLength + 1 else {
                throw GenerationError.promptTooLong(
                    tokens: tokens.count - 1, contextLength: model.shape.contextLength + 1)
            }
        }
        return Question(
            texts: texts.map { ContinuationScorer.Scored(tokens: $0.tokens, start: $0.start) },
            byteCounts: choices.map(\.utf8.count))
    }

    /// The scores of a question's choices.
    ///
    /// - Parameter shouldContinue: called before each pass.
    /// - Returns: nil if `shouldContinue` returned false.
    /// - Throws: ``EvaluationError`` if logits are not finite.
    package mutating func scores(
        of question: Question, shouldContinue: () -> Bool = { true }
    ) throws(EvaluationError) -> ChoiceScores? {
        // With LongRoPE, all choices use the factors of the longest one.
        let context = model.fittingContext(promptCount: question.longest, maxTokens: 0)
        do throws(ExitEvaluation.NotFinite) {
            let losses = try scorer.losses(of: question.texts, context: context, shouldContinue: shouldContinue)
            guard let losses else { return nil }
            let byExit = scorer.exits.indices.map { exit in losses.map { $0[exit] } }
            return ChoiceScores(losses: byExit, byteCounts: question.byteCounts)
        } catch {
            throw .nonFiniteLogits(exit: error.exit, position: 0)
        }
    }
}
