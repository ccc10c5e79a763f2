/// The chat templates that ``ChatTemplate`` renders bit for bit as Jinja does with the settings of transformers
/// (`trim_blocks`, `lstrip_blocks`).
///
/// They are compared whole. Three differences are allowed, none of which changes what Jinja renders: one line end after
/// the template, which Jinja drops; line breaks in string literals written as `\n` or as they are, the same all through
/// a template; and another plain text as the default system message.
enum KnownChatTemplate {
    /// The template of a text, or nil if it is none of these.
    static func find(_ template: String) -> ChatTemplate? {
        var text = Array(template.utf8)[...]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        for (known, meaning) in all where spellings(known).contains(Array(text)) { return meaning }
        for (before, after) in zip(spellings(beforeDefault), spellings(afterDefault))
        where text.starts(with: before) && text.reversed().starts(with: after.reversed()) {
            let message = text.dropFirst(before.count).dropLast(after.count)
            if isPlainLiteral(message) {
                return ChatTemplate(defaultSystemMessage: String(decoding: message, as: UTF8.self))
            }
        }
        return nil
    }

    /// Every template without a default system message.
    private static let all: [(String, ChatTemplate)] = [
        (loop + prompt, ChatTemplate()),
        ("{{ bos_token }}" + loop + prompt, ChatTemplate(writesBeginningOfText: true)),
        ("{{bos_token}}" + loop + prompt, ChatTemplate(writesBeginningOfText: true)),
        // OpenHermes, Yi. Transformers always defines the variable.
        (
            "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}" + loop
                + prompt, ChatTemplate()
        ),
        // What llama.cpp takes for files without a template.
        (
            #"""
            {%- for message in messages -%}
              {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' -}}
            {%- endfor -%}
            {%- if add_generation_prompt -%}
              {{- '<|im_start|>assistant\n' -}}
            {%- endif -%}
            """#, ChatTemplate()
        ),
    ]

    /// What SmolLM2 and Qwen2 have before their default system messages, and after them.
    private static let beforeDefault =
        #"{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"#
    private static let afterDefault = #"<|im_end|>\n' }}{% endif %}"# + message + "{% endfor %}" + prompt

    private static let loop = "{% for message in messages %}" + message + "{% endfor %}"
    private static let message =
        #"{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"#
    private static let prompt =
        #"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"#

    /// A template as it stands, and with line breaks for `\n`, which occurs only in its string literals.
    private static func spellings(_ template: String) -> [[UInt8]] {
        let escape = UInt8(ascii: "\\")
        var result: [UInt8] = []
        for byte in template.utf8 {
            if byte == UInt8(ascii: "n"), result.last == escape {
                result[result.count - 1] = UInt8(ascii: "\n")
            } else {
                result.append(byte)
            }
        }
        return [Array(template.utf8), result]
    }

    /// Whether a text between single quotes stands for itself: no quotes, escapes or line ends for Jinja, and no
    /// brackets that a special token could begin with.
    private static func isPlainLiteral(_ text: ArraySlice<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 >= 0x20 && !"'\\{}<[".utf8.contains($0) }
    }
}
