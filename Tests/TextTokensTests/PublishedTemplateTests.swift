import CheckpointFiles
import JinjaTemplates
import LayerSkip
import TestSupport
import Testing

@testable import TextTokens

/// Published chat templates, which are fetched, render what transformers renders.
@Suite(.enabled(if: Fixtures.chatTemplates != nil || Fixtures.required))
struct PublishedTemplateTests {
    /// `Tests/Goldens/published-templates.json`.
    private struct Golden {
        let conversations: [TemplateValue]
        /// The templates' names, each with the results of all conversations.
        let templates: [TemplateValue.Member]

        init() throws {
            let bytes = try TextFile.bytes(Goldens.path("published-templates.json"), atMost: .description)
            let value = try TemplateValue(json: bytes)
            guard case .list(let conversations) = value["conversations"],
                case .object(let templates) = value["templates"]
            else { throw FileError(file: "published-templates.json", expected: "two members", found: value.kind) }
            (self.conversations, self.templates) = (conversations, templates)
        }
    }

    @Test func templatesAreRenderedAsInTransformers() throws {
        let golden = try Golden()
        let folder = try #require(Fixtures.chatTemplates)
        let names = Folder.names(in: folder).filter { $0.hasSuffix(".jinja") }
        #expect(Set(names) == Set(golden.templates.map { $0.key + ".jinja" }))
        var texts = 0
        for entry in golden.templates {
            let source = try TextFile.text("\(folder)/\(entry.key).jinja", atMost: .description)
            let results = golden.conversations.map { digest(of: $0, source) }
            guard case .list(let expected) = entry.value, expected.count == results.count else {
                Issue.record("\(entry.key) has another number of results")
                continue
            }
            let different = results.indices.filter { .text(results[$0]) != expected[$0] }
            #expect(different.isEmpty, "\(entry.key)")
            texts += results.count { $0 != "error" }
        }
        #expect(texts > 800)
    }

    /// The hash of a rendered conversation, or `error`.
    private func digest(of conversation: TemplateValue, _ source: String) -> String {
        do {
            let template = try ChatTemplate(jinja: source, specialTokens: ["bos_token": "<s>", "eos_token": "</s>"])
            var options = try ChatOptions(conversation)
            options.now = TemplateDate(year: 2026, month: 11, day: 28, hour: 12, minute: 34, second: 56)
            if case .object(let members) = conversation["values"] {
                for member in members { options.values[member.key] = member.value }
            }
            let messages = try ChatMessage.list(conversation["messages"] ?? .none)
            let isPrompt = conversation["add_generation_prompt"] == true
            return hash(try template.text(messages, addingGenerationPrompt: isPrompt, options: options))
        } catch {
            return "error"
        }
    }

    /// The 64-bit FNV-1a hash.
    private func hash(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
