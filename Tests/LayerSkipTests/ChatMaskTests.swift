import CheckpointFiles
import ModelTraining
import TestSupport
import Testing

@testable import LayerSkip
@testable import ModelTraining

/// Which tokens of a conversation the assistant writes, against transformers: `Tests/GoldenMakers/chat_masks.py`.
struct ChatMaskTests {
    struct Masks: Decodable {
        struct Text: Decodable, Equatable {
            let ids: [Int32]
            let mask: [Int]
        }

        struct Case: Decodable, CustomStringConvertible {
            let name: String
            let template: String
            let digest: String
            let refused: Int
            let divided: Int
            let first: Int?
            let example: [Text]

            var description: String { name }

            func chatTemplate() throws -> ChatTemplate {
                try ChatTemplate(jinja: template, specialTokens: ["bos_token": "<s>", "eos_token": "</s>"])
            }
        }

        let cases: [Case]
    }

    private static let masks: Result<Masks, any Error> = Result { try Goldens.json("chat-masks.json") }
    private static let conversations = Goldens.path("conversations.jsonl")

    private func definition() throws -> TokenizerDefinition {
        let members = try JSONMembers(file: Goldens.path("chat-masks.json"))
        return try TokenizerDefinition(json: Array(try #require(members["tokenizer"]).utf8))
    }

    private func records() throws -> [ChatRecord] {
        try LineLog.lines(of: Self.conversations).map { try ChatRecord(json: Array($0), name: "line", atMost: .text) }
    }

    /// The hash of all texts, as the golden file describes it.
    private struct Digest {
        private var hash = FowlerNollVo()

        mutating func add(_ text: Masks.Text) {
            for (id, isAnswer) in zip(text.ids, text.mask) {
                hash.add(UInt8(id % 256))
                hash.add(UInt8(id / 256))
                hash.add(UInt8(isAnswer))
            }
            hash.add(254)
        }

        mutating func addRefusal() { hash.add(255) }

        var text: String {
            let digits = String(hash.value, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
    }

    @Test func masksAreThoseOfTransformers() throws {
        let (tokenizer, records) = (try Tokenizer(definition()), try records())
        #expect(records.count == 500)
        for test in try Self.masks.get().cases {
            let encoder = ConversationEncoder(tokenizer, template: try test.chatTemplate(), source: .none)
            var digest = Digest()
            var (refused, divided) = (0, 0)
            for (number, record) in records.enumerated() {
                guard let texts = try? encoder.encode(record, name: "line").texts else {
                    refused += 1
                    digest.addRefusal()
                    continue
                }
                let found = texts.map { Masks.Text(ids: $0.tokens, mask: $0.isAnswer.map { $0 ? 1 : 0 }) }
                if number == test.first { #expect(found == test.example, "\(test)") }
                divided += found.count > 1 ? 1 : 0
                for text in found { digest.add(text) }
            }
            #expect(refused == test.refused && divided == test.divided, "\(test): \(refused), \(divided)")
            #expect(digest.text == test.digest, "\(test)")
        }
    }

    /// The shard scores the same tokens, whatever else is in it.
    @Test func shardsScoreTheMasks() throws {
        let folder = TemporaryFolder()
        for test in try Self.masks.get().cases where test.refused == 0 {
            var encoder = try CorpusEncoder(definition(), endOfText: "<s>")
            encoder.chatTemplate = try test.chatTemplate()
            let path = folder.file("out.tokens")
            let summary = try #require(
                try encoder.encode(Corpus(files: [Self.conversations]), to: path, on: ThreadPool(threads: 2)))
            #expect(summary.remarks.dividedConversations == test.divided)
            let shard = try TokenShard(path: path)
            var digest = Digest()
            var scored = 0
            for document in shard.documents {
                let scores = try #require(shard.scores(in: document.tokens))
                #expect(scores.last == false && scores.firstIndex(of: true) == document.promptLength)
                scored += scores.count { $0 }
                digest.add(
                    Masks.Text(
                        ids: try shard.tokens(in: document.tokens).dropLast(),
                        mask: scores.dropLast().map { $0 ? 1 : 0 }))
            }
            #expect(digest.text == test.digest, "\(test)")
            #expect(summary.scoredTokens == scored)
            let batches = try BatchSampler([shard], length: 256, packing: .documents, mask: .document)
            let batch = try batches.batch(at: DataPlace(), sequences: batches.sequencesPerEpoch)
            #expect(batch.scoredCount == scored)
        }
    }

    @Test func anAnswerThatItsPromptDoesNotBeginIsRefused() throws {
        let test = try #require(try Self.masks.get().cases.first { $0.name == "thinking prompt, unmarked" })
        #expect(test.refused == 500)
        let encoder = ConversationEncoder(
            try Tokenizer(definition()), template: try test.chatTemplate(), source: .none)
        let error = #expect(throws: FileError.self) { try encoder.encode(try records()[1], name: "line 2") }
        #expect(error?.file == "line 2" && error?.name.hasPrefix("messages[") == true, "\(error as Any)")
        #expect(error?.found.hasPrefix(#""<think>\n" in the prompt"#) == true, "\(error as Any)")
        #expect(error?.found.contains("{% generation %}") == true)
    }

    /// With a tokenizer that changes the text, answers are found by the tokens before them.
    @Test func normalizedTextsHaveMasks() throws {
        let members = try JSONMembers(file: Goldens.path("chat-masks.json"))
        let json = try #require(members["tokenizer"]).replacing(
            #/"normalizer": null/#, with: #""normalizer": {"type": "Lowercase"}"#)
        let lower = try Tokenizer(TokenizerDefinition(json: Array(json.utf8)))
        let test = try #require(try Self.masks.get().cases.first { $0.name == "plain, unmarked" })
        let template = try test.chatTemplate()
        let messages = [ChatMessage(role: .user, content: "The CAT"), ChatMessage(role: .assistant, content: "A Dog")]
        let text = try #require(
            try template.answeredTexts(messages, options: ChatOptions(), name: "line").first)
        let (ids, isAnswer) = try lower.encode(text)
        let answer = zip(ids, isAnswer).filter(\.1).map(\.0)
        #expect(lower.decode(answer, skippingSpecialTokens: false) == "a dog<|im_end|>\n")
    }
}
