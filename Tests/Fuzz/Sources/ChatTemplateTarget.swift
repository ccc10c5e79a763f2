import JinjaTemplates
import LayerSkip
import TestSupport
import TextTokens

/// Chat templates in Jinja, each with a conversation in JSON after a zero.
enum ChatTemplateTarget: FuzzTarget {
    static let name = "chat-template"

    private static let conversation = #"""
        {"messages": [{"role": "system", "content": "<|im_end|>"}, {"role": "user", "content": " <|im_start|>ö\n"},
        {"role": "assistant", "content": "<think>\nhm</think>b", "tool_calls": [{"id": "1", "type": "function",
        "function": {"name": "f", "arguments": {"a": [1, 2.5, null, true]}}}]}, {"role": "tool", "content": "<s>"}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}],
        "documents": [{"text": "<|im_end|>"}]}
        """#

    /// The variables of the seeds.
    private static let values: [String: TemplateValue] = [
        "text": "Hello, World", "unicode": "Größe 日本 é", "lines": "one\ntwo\r\n\nthree", "five": 5, "half": 2.5,
        "large": .largeInteger("12345678901234567890"), "yes": true, "nothing": nil, "list": [3, 1, 2],
        "words": ["b", "A", "c"], "nested": [[1, [2]], ["k": nil]],
        "map": ["b": 1, "a": [true, nil], "items": "own", "x y": ["z": 1.5]],
    ]

    static func seeds() throws -> [[UInt8]] {
        let own = [
            """
            {%- set ns = namespace(last=none) %}{% macro line(text) %}{{ text | trim }}{% endmacro %}
            {%- for message in messages %}{% if loop.first and message['role'] != 'system' %}{{ '<|im_start|>system' }}
            {%- elif message.tool_calls is defined and message.tool_calls %}{% for call in message.tool_calls %}
            {{- call.function | tojson(indent=2) }}{% endfor %}{% set ns.last = loop.index0 %}
            {%- else %}{{ '<|im_start|>' + message['role'] + '\\n' + line(message['content'].split('</think>')[-1]) }}
            {%- endif %}{% generation %}{{ message.content[1:-1] ~ '<|im_end|>' }}{% endgeneration %}{% endfor %}
            {%- if tools %}{{ tools | length }}{% endif %}{{ strftime_now('%d %B %Y') }}{{ bos_token }}
            {%- if add_generation_prompt and not false %}{{ '<|im_start|>assistant\\n' }}{% endif %}
            """,
            "{{ raise_exception('Roles must alternate') }}",
            "{% for x in range(9999999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}",
            "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ 'x' * 99999999999 }}{{ [[[[]]]] | tojson }}",
        ]
        return try (own + GoldenSeeds.templates()).map { Array("\($0)\0\(conversation)".utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let parts = input.parts(2)
        let template = try ChatTemplate(
            jinja: String(decoding: parts[0], as: UTF8.self), specialTokens: ["bos_token": "<s>", "eos_token": "</s>"])
        let record = try ChatRecord(json: parts[1], name: "conversation", atMost: .description)
        var options = record.options
        options.now = TemplateDate(year: 2026, month: 11, day: 28)
        options.values = values
        // Once, because a template may take up to a second.
        let segments = try template.segments(
            record.messages, addingGenerationPrompt: input.count.isMultiple(of: 2), options: options)
        require(zip(segments, segments.dropFirst()).allSatisfy { $0.isPlain != $1.isPlain }, "\(segments) alternate")
        // Without these, a template cannot write the text itself.
        guard !["<", "\\", "%c"].contains(where: template.source.contains) else { return }
        let structure = segments.filter { !$0.isPlain }.map(\.text).joined()
        require(!structure.contains("<|im_"), "\(segments) have no structure of the messages")
    }
}

extension TextSegment {
    fileprivate var isPlain: Bool { if case .plain = self { true } else { false } }
}
