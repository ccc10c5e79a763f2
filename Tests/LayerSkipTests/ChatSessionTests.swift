import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("Chat sessions")
struct ChatSessionTests {
    @Test func answersAreThoseOfAConversation() async throws {
        let model = try TinyModel.shared.get()
        let options = GenerationOptions.test(.speculative, maxTokens: 12)
        let chat = try ChatSession(model, system: "Be brief.", options: options)
        let conversation = try Conversation(model, system: "Be brief.", options: options)
        for message in ["Hello", "And now?", "Again"] {
            let expected = try conversation.answer(message)
            let answer = try await chat.respond(to: message)
            #expect(answer.tokens == expected.tokens && answer.text == expected.text)
            // The cache is kept: only what is new is read.
            #expect(answer.statistics.prefilledTokens == expected.statistics.prefilledTokens)
        }
        #expect(chat.messages == conversation.messages)
        try await chat.reset()
        #expect(chat.messages == [])
    }

    @Test func aRestoredSessionGoesOnAsIfNeverLeft() async throws {
        let model = try TinyModel.shared.get()
        let options = GenerationOptions.test(maxTokens: 8)
        let chat = try ChatSession(model, system: "Be brief.", options: options)
        _ = try await chat.respond(to: "Hello")
        let saved = try JSONDecoder().decode([ChatMessage].self, from: JSONEncoder().encode(chat.messages))
        let restored = try ChatSession(model, system: "Be brief.", messages: saved, options: options)
        let answers = (try await chat.respond(to: "And now?"), try await restored.respond(to: "And now?"))
        #expect(answers.0.tokens == answers.1.tokens && answers.0.promptTokens == answers.1.promptTokens)
        #expect(chat.messages == restored.messages && chat.messages.count == 4)
    }

    @Test func messagesToRestoreAreWholeTurns() throws {
        let model = try TinyModel.shared.get()
        let (question, answer) = (ChatMessage(role: .user, content: "a"), ChatMessage(role: .assistant, content: "b"))
        for messages in [[question], [answer, question], [question, question]] {
            #expect(throws: GenerationError.self) { try ChatSession(model, messages: messages) }
        }
    }

    @Test func forgottenTurnsStayInTheTranscript() async throws {
        let chat = try ChatSession(TinyModel.make { $0.contextLength = 160 }, options: .test(maxTokens: 10))
        var forgotten = 0
        for turn in 0..<8 { forgotten += try await chat.respond(to: "Question number \(turn)").forgottenTurns }
        #expect(forgotten > 0 && forgotten < 8 && chat.messages.count == 16)
        #expect(chat.messages.first?.content == "Question number 0")
    }

    @Test func withoutAMaximumTheDefaultCounts() async throws {
        let chat = try ChatSession(TinyModel.shared.get(), options: .test(maxTokens: nil))
        let answer = try await chat.respond(to: "Hello")
        #expect(answer.tokens.count <= ChatSession.defaultMaxTokens)
        #expect(answer.tokens.count == ChatSession.defaultMaxTokens || answer.finishReason != .maxTokens)
    }

    @Test func manyTasksMayAskAtOnce() async throws {
        let chat = try ChatSession(TinyModel.shared.get(), options: .test(maxTokens: 6))
        try await withThrowingTaskGroup { group in
            for index in 0..<8 {
                group.addTask {
                    let answer = try await chat.respond(to: "Question \(index)")
                    return (index, answer.text)
                }
            }
            var answers: [Int: String] = [:]
            for try await (index, text) in group { answers[index] = text }
            let messages = chat.messages
            // Every question is followed by its own answer.
            #expect(messages.count == 16)
            for index in 0..<8 {
                let place = try #require(messages.firstIndex { $0.content == "Question \(index)" })
                #expect(messages[place + 1].role == .assistant && messages[place + 1].content == answers[index])
            }
        }
    }

    @Test func eventsTellWhatIsDraftedAndAccepted() async throws {
        let chat = try ChatSession(TinyModel.shared.get(), options: .test(.speculative, maxTokens: 20))
        let response = chat.streamResponse(to: "Hello")
        var (text, drafted, accepted) = ("", 0, 0)
        for try await event in response.events {
            switch event {
            case .text(let piece, _): text += piece
            case .drafted: drafted += 1
            case .verified(let count): accepted += count
            case .forgotten: Issue.record("nothing is to be forgotten")
            }
        }
        let result = try await response.result
        #expect(text == result.text && drafted == result.statistics.drafted && drafted > 0)
        #expect(accepted == result.statistics.accepted)
    }

    @Test func aCancelledAnswerStaysAsFarAsItWasWritten() async throws {
        let chat = try ChatSession(TinyModel.shared.get(), options: .test(maxTokens: 100))
        let first = chat.streamResponse(to: "First")
        let cancelled = chat.streamResponse(to: "Cancelled")
        cancelled.cancel()
        _ = try await first.result
        let result = try await cancelled.result
        // Usually it has not begun; on a busy machine it may have.
        let messages = chat.messages
        #expect(messages.first?.content == "First")
        #expect(messages.contains { $0.content == "Cancelled" } == !result.tokens.isEmpty)
        if result.tokens.isEmpty { #expect(result.finishReason == .cancelled) }
    }

    @Test func errorsLeaveTheConversation() async throws {
        let model = try TinyModel.make { $0.contextLength = 160 }
        let chat = try ChatSession(model, options: .test(maxTokens: 10))
        _ = try await chat.respond(to: "Hello")
        let before = chat.messages
        await #expect(throws: GenerationError.self) {
            try await chat.respond(to: String(repeating: "long ", count: 100))
        }
        #expect(chat.messages == before)
    }
}
