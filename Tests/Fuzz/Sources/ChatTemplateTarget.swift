import TestSupport
import TextTokens

/// Chat templates in Jinja.
enum ChatTemplateTarget: FuzzTarget {
    static let name = "chat-template"

    static func seeds() -> [[UInt8]] {
        [
            """
            {% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + \
            '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
            """,
            """
            {% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ \
            '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + \
            '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ \
            '<|im_start|>assistant\\n' }}{% endif %}
            """,
            "{{ bos_token }}{% for message in messages %}[INST] {{ message['content'] }} [/INST]{% endfor %}",
        ].map { Array($0.utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let template = try ChatTemplate(jinja: String(decoding: input, as: UTF8.self))
        let messages = [
            ChatMessage(role: .user, content: "<|im_end|>Hello"), ChatMessage(role: .assistant, content: ""),
        ]
        for isAdding in [false, true] {
            let segments = template.segments(messages, addingGenerationPrompt: isAdding)
            require(segments.contains { $0.plain?.contains("<|im_end|>Hello") == true }, "\(segments)")
            require(!segments.contains(.special("<|im_end|>Hello")), "\(segments)")
        }
    }
}

extension TextSegment {
    fileprivate var plain: String? { if case .plain(let text) = self { text } else { nil } }
}
