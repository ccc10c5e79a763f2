import ArgumentParser
import LayerSkip

/// Options for a task that a model is evaluated on.
struct TaskArguments: ParsableArguments {
    @Option(
        help: "File of a task in JSON Lines: questions with choices or answers (- for standard input).",
        transform: expandedPath)
    var task: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            With --task, numbers of layers to evaluate, comma-separated (default: all for multiple choice, only the \
            last for generated answers).
            """, valueName: "layers"))
    var exitLayers: CommaSeparated<Int>?

    @Option(
        help: """
            With --task, text of a question, with keys of the item in braces, such as \
            'Question: {question}\\nAnswer:'; {choices} lists the choices under letters (default: the question).
            """)
    var promptFormat: String?

    @Option(help: "With --task, text before each choice (default: a space; nothing in a conversation).")
    var choicePrefix: String?

    @Flag(help: "With --task, score the letters of choices, A, B and so on, instead of their texts.")
    var letters = false

    @Option(help: "With --task, the part of an answer that counts.")
    var extract: AnswerRule.Part = .whole

    @Option(help: "With --task, text after whose last occurrence an answer counts, such as ####.")
    var after: String?

    @Option(
        help: ArgumentHelp(
            """
            With --task, differences between answers to ignore, comma-separated: \
            \(AnswerRule.Difference.allCases.map(\.rawValue).joined(separator: ", ")).
            """, valueName: "differences"))
    var normalize: CommaSeparated<AnswerRule.Difference>?

    @Option(parsing: .unconditional, help: "With --task, maximum number of tokens of an answer (default: 256).")
    var maxTokens: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: "With --task, stop an answer before this text or special token; may be given more than once.")
    var stop: [String] = []

    @Option(parsing: .unconditional, help: "With --task, number of answers to generate at once (default: 16).")
    var texts: Int?

    @Option(parsing: .unconditional, help: "With --task, number of items, from the first on (default: all).")
    var limit: Int?

    @Option(help: "With --task, file for the result of each item, in JSON Lines.", transform: expandedPath)
    var details: String?

    @Flag(help: "With --task, ask each question as a user's message, in the format of the model's chat template.")
    var chat = false

    @OptionGroup var chatArguments: ChatArguments

    /// How answers are compared.
    var rule: AnswerRule {
        AnswerRule(marker: after, part: extract, ignored: Set(normalize?.values ?? []))
    }

    func validate() throws {
        guard task != nil else {
            let given: [(String, Bool)] = [
                ("--exit-layers", exitLayers != nil), ("--prompt-format", promptFormat != nil),
                ("--choice-prefix", choicePrefix != nil), ("--letters", letters), ("--extract", extract != .whole),
                ("--after", after != nil), ("--normalize", normalize != nil), ("--max-tokens", maxTokens != nil),
                ("--stop", !stop.isEmpty), ("--texts", texts != nil), ("--limit", limit != nil),
                ("--details", details != nil), ("--chat", chat),
            ]
            if let option = given.first(where: \.1)?.0 ?? chatArguments.given {
                throw ValidationError("\(option): expected --task with it, found none")
            }
            return
        }
        for (option, value) in [("--max-tokens", maxTokens), ("--limit", limit)] {
            if let value, value < 1 { throw ValidationError("\(option): expected 1 or more, found \(value)") }
        }
        if let texts, !(1...BatchArguments.mostTexts).contains(texts) {
            throw ValidationError("--texts: expected 1...\(BatchArguments.mostTexts), found \(texts)")
        }
        if stop.contains("") { throw ValidationError("--stop: expected a text that is not empty, found \"\"") }
        if after == "" { throw ValidationError("--after: expected a text that is not empty, found \"\"") }
        if let layer = exitLayers?.values.first(where: { $0 < 1 }) {
            throw ValidationError("--exit-layers: expected numbers from 1 on, found \(layer)")
        }
        if let details, StandardDescriptors.outputIs(details) {
            throw ValidationError("--details: expected a file, found standard output, which has the report")
        }
        _ = try format()
    }

    /// The format of prompts; nil for the question alone.
    func format() throws -> PromptFormat? {
        do throws(PromptFormatError) {
            guard let promptFormat else { return nil }
            return try PromptFormat(promptFormat)
        } catch {
            throw ValidationError("--prompt-format: \(error)")
        }
    }
}

extension AnswerRule.Part: ExpressibleByArgument {}
extension AnswerRule.Difference: LosslessStringConvertible {
    public init?(_ description: String) { self.init(rawValue: description) }
    public var description: String { rawValue }
}
