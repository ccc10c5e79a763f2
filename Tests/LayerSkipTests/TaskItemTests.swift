import LayerSkip
import TestSupport
import Testing

@Suite("Items of tasks")
struct TaskItemTests {
    private func item(_ json: String) throws -> TaskItem { try TaskItem(json: Array(json.utf8), name: "task, line 1") }

    private func question(_ item: TaskItem) -> String? {
        switch item.question {
        case .text(let text): text
        case .conversation(let record):
            record.messages.map { "\($0.role.rawValue): \($0.content)" }.joined(separator: "|")
        }
    }

    /// The forms of MMLU, ARC, HellaSwag, RACE and CommonsenseQA.
    @Test(arguments: [
        (#"{"question": "Q", "choices": ["a", "b", "c"], "answer": 1}"#, 1),
        (#"{"question": "Q", "choices": ["a", "b", "c"], "answer": "B"}"#, 1),
        (#"{"question": "Q", "choices": ["a", "b", "c"], "answer": "b"}"#, 1),
        (#"{"question": "Q", "choices": ["B", "A", "C"], "answer": "A"}"#, 1),
        (#"{"question": "Q", "choices": {"text": ["x", "y"], "label": ["A", "B"]}, "answerKey": "B"}"#, 1),
        (#"{"question": "Q", "choices": {"text": ["x", "y"], "label": ["1", "2"]}, "answerKey": "2"}"#, 1),
        (#"{"question_stem": "Q", "choices": {"label": ["1", "2"], "text": ["x", "y"]}, "answerKey": "1"}"#, 0),
        (#"{"ctx": "Q", "endings": ["a", "b", "c", "d"], "label": "3"}"#, 3),
        (#"{"article": "x", "question": "Q", "options": ["a", "b"], "answer": "A"}"#, 0),
    ]) func multipleChoiceIsRead(json: String, answer: Int) throws {
        let item = try item(json)
        guard case .choice(let index, let choices) = item.answer else {
            Issue.record("no choices")
            return
        }
        #expect(index == answer && question(item) == "Q" && choices.count >= 2)
    }

    @Test(arguments: [
        (#"{"question": "Q", "answer": "a"}"#, "Q", ["a"]),
        (#"{"prompt": "Q", "completion": "a"}"#, "Q", ["a"]),
        (#"{"prompt": "Q", "answers": ["a", "b"]}"#, "Q", ["a", "b"]),
        (#"{"question": "Q", "answer": 42}"#, "Q", ["42"]),
        (
            #"{"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "a"}]}"#, "user: Q",
            ["a"]
        ),
        (#"{"messages": [{"role": "user", "content": "Q"}], "answer": "a"}"#, "user: Q", ["a"]),
        (#"{"prompt": [{"role": "user", "content": "Q"}], "answer": "a"}"#, "user: Q", ["a"]),
    ]) func answersAreRead(json: String, text: String, answers: [String]) throws {
        let item = try item(json)
        #expect(question(item) == text && item.answer == .texts(answers))
    }

    @Test(arguments: [
        (#"[1]"#, "an object"),
        (#"{"a": 1}"#, "expected a question under one of the keys \"messages\", \"question\""),
        (#"{"question": "Q"}"#, "expected the right answer under one of the keys"),
        (#"{"question": "Q", "choices": ["a", "b"]}"#, "expected the right choice under one of the keys"),
        (#"{"question": 1, "answer": "a"}"#, "key \"question\": expected a string or a list of messages"),
        (
            #"{"question": "Q", "choices": ["a", ""], "answer": 0}"#,
            "texts that are not empty, found an empty one, number 2"
        ),
        (#"{"question": "Q", "choices": ["a"], "answer": 0}"#, "at least two choices, found 1"),
        (#"{"question": "Q", "choices": ["a", 1], "answer": 0}"#, "expected a list of strings"),
        (#"{"question": "Q", "choices": ["a", "b"], "answer": 2}"#, "0...1, \"A\"...\"B\", or its text, found 2"),
        (#"{"question": "Q", "choices": ["a", "b"], "answer": -1}"#, "found -1"),
        (#"{"question": "Q", "choices": ["a", "b"], "answer": "C"}"#, "found \"C\""),
        (#"{"question": "Q", "choices": ["a", "b"], "answer": null}"#, "or its text, found"),
        (
            #"{"question": "Q", "choices": {"text": ["a", "b"], "label": ["A", "A"]}, "answerKey": "A"}"#,
            "a label of its own"
        ),
        (
            #"{"question": "Q", "choices": {"text": ["a", "b"], "label": ["1", "2"]}, "answerKey": "3"}"#,
            "one of the labels \"1\", \"2\", found \"3\""
        ),
        (#"{"question": "Q", "answer": []}"#, "a string, or a list of strings of which any is right"),
    ]) func otherLinesAreErrors(json: String, message: String) {
        let error = #expect(throws: FileError.self) { try item(json) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("task, line 1") == true)
    }

    @Test func lettersGoOnAfterZ() {
        #expect(TaskItem.letters(29).suffix(4) == ["Z", "AA", "AB", "AC"])
        #expect(TaskItem.letters(703).last == "AAA")
    }

    @Test func formatsTakeKeys() throws {
        let item = try item(
            #"{"question": "Why?", "choices": ["x", "y"], "answer": 0, "subject": "logic", "n": 3, "list": []}"#)
        func text(_ format: String) throws -> String { try PromptFormat(format).text(for: item) }
        #expect(try text("Question: {question}\\nAnswer:") == "Question: Why?\nAnswer:")
        #expect(try text("{subject} {n}\n{choices}\n") == "logic 3\nA. x\nB. y\n")
        #expect(try text("{{x}} {n}{n}") == "{x} 33")
        for format in ["{", "{}", "a}", "{question"] { #expect(throws: PromptFormatError.self) { try text(format) } }
        for format in ["{missing}", "{list}"] { #expect(throws: FileError.self) { try text(format) } }
    }

    @Test func answersAreCompared() {
        func check(
            _ text: String, _ answer: String, _ part: AnswerRule.Part = .whole,
            _ ignored: Set<AnswerRule.Difference> = [],
            after marker: String? = nil
        ) -> Bool {
            AnswerRule(marker: marker, part: part, ignored: ignored).accepts(text, asOneOf: ["zzz", answer])
        }
        #expect(check(" Paris\n", "Paris") && !check("paris", "Paris") && !check("Paris.", "Paris"))
        #expect(check("paris", "Paris", .whole, [.letterCase]) && check("Paris!", "Paris", .whole, [.punctuation]))
        #expect(check("the  blue\tsky", "a blue sky", .whole, [.articles]))
        #expect(check("blue   sky", "blue sky", .whole, [.spaces]) && !check("bluesky", "blue sky", .whole, [.spaces]))
        #expect(check("\n42\nand more", "42", .firstLine) && check("so\n42\n", "42", .lastLine))
        #expect(check("It costs $1,234.50, so", "1234.5", .lastNumber) && check("it is -3.", "-3", .lastNumber))
        #expect(check("4-3", "3", .lastNumber) && check("18.00", "18", .lastNumber))
        #expect(!check("none", "none", .lastNumber) && !check("", "42", .firstLine))
        #expect(check("We add. #### 5 #### 7", "6 and 1 #### 7", .whole, after: "####"))
        // Equal characters in other bytes are other texts.
        #expect(!check("e\u{301}", "\u{E9}"))
    }

    @Test func scoresHaveStandardErrors() {
        var score = TaskScore()
        #expect(score.mean == 0 && score.standardError == nil)
        for isHit in [true, false, true, true] { score.add(isHit) }
        // The sample's deviation is 0.5.
        #expect(score.mean == 0.75 && score.standardError == 0.25)
    }

    @Test func theShortestLossPerByteIsAnother() {
        let scores = ChoiceScores(losses: [[3, 4], [4, 4], [5, 1]], byteCounts: [2, 8])
        #expect((0..<3).map { scores.likeliest(exit: $0) } == [0, 0, 1])
        #expect((0..<3).map { scores.likeliestPerByte(exit: $0) } == [1, 1, 1])
    }
}

@Suite("Scores of choices")
struct ChoiceScorerTests {
    private struct Golden: Decodable {
        struct Item: Decodable {
            let question: String
            let choices: [String]
            let tokens: [[Token]]
            let start: Int
            let losses: [[Double]]
            let likeliest: [Int]
            let likeliestPerByte: [Int]
        }
        let exits: [Int]
        let items: [Item]
    }

    @Test func choicesAreThoseOfTheReference() throws {
        let golden: Golden = try Goldens.json("multiple-choice.json")
        for item in golden.items {
            let scores = ChoiceScores(losses: item.losses, byteCounts: item.choices.map(\.utf8.count))
            #expect(golden.exits.indices.map { scores.likeliest(exit: $0) } == item.likeliest)
            #expect(golden.exits.indices.map { scores.likeliestPerByte(exit: $0) } == item.likeliestPerByte)
        }
        #expect(golden.items.contains { $0.likeliest != $0.likeliestPerByte })
    }

    /// Loss and tokens of SmolLM2 as stored; activations in eight bits move losses by some percent.
    @Test(.enabled(if: Fixtures.smolLM2 != nil || Fixtures.required)) func itemsAreEncodedAsByTheReference() throws {
        let golden: Golden = try Goldens.json("multiple-choice.json")
        let model = try TextModel(path: #require(Fixtures.smolLM2))
        var scorer = ChoiceScorer(model, exits: golden.exits)
        for item in golden.items {
            let question = try ChoiceScorer.question(
                after: item.question, choices: item.choices, prefix: " ", of: model, name: "item")
            #expect(question.tokens == item.tokens && question.starts == item.choices.map { _ in item.start })
            let scores = try #require(try scorer.scores(of: question))
            #expect(scores.byteCounts == item.choices.map(\.utf8.count))
            for (found, expected) in zip(scores.losses, item.losses) {
                for (found, expected) in zip(found, expected) {
                    #expect(abs(found - expected) < 0.4 + 0.02 * expected)
                }
            }
        }
    }

    @Test func choicesOfAConversationFollowIt() throws {
        let model = try TinyModel.shared.get()
        let context = try model.encode([ChatMessage(role: .user, content: "Hello")])
        let question = try ChoiceScorer.question(
            after: context, choices: ["a", "the cat"], prefix: "", of: model, name: "item")
        #expect(question.tokens == (try ["a", "the cat"].map { context + (try model.tokenizer.encode($0)) }))
        #expect(question.starts == [context.count, context.count])
    }

    @Test func nothingBeforeTheChoicesIsAnError() throws {
        let model = try TinyModel.shared.get()
        let error = #expect(throws: FileError.self) {
            try ChoiceScorer.question(after: "", choices: ["a", "b"], prefix: " ", of: model, name: "item")
        }
        #expect(
            error?.description
                == "item: expected a question before the choices, and choices with tokens, found an empty question")
        #expect(throws: GenerationError.self) {
            try ChoiceScorer.question(
                after: String(repeating: "x ", count: 400), choices: ["a", "b"], prefix: " ", of: model, name: "item")
        }
    }

    /// The most that fits: the last token is only predicted.
    @Test func aTextMayFillTheContext() throws {
        let model = try TinyModel.make { $0.contextLength = 16 }
        var scorer = ChoiceScorer(model, exits: [2, 4])
        let question = try ChoiceScorer.question(
            after: String(repeating: "x", count: 15), choices: ["y", "z"], prefix: " ", of: model, name: "item")
        #expect(question.longest == 17)
        #expect(try scorer.scores(of: question)?.losses.allSatisfy { $0.allSatisfy { $0 > 0 } } == true)
    }
}
