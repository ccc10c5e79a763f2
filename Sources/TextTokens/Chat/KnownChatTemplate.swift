/// The chat templates that ``ChatTemplate`` supports; it renders them exactly as Jinja does with the settings of
/// transformers (`trim_blocks`, `lstrip_blocks`).
///
/// Templates are compared as a whole. Three differences are allowed, none of which changes the rendered text: one line
/// end after the template, which Jinja drops; line breaks in string literals written as `\n` or literally, consistently
/// within a template; and another plain text as the default system message.
enum KnownChatTemplate {
    /// Recognises a template's text; returns nil if it is not known.
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

    /// All templates without a default system message.
    private static let all: [(String, ChatTemplate)] = [
        (loop + prompt, ChatTemplate()),
        ("{{ bos_token }}" + loop + prompt, ChatTemplate(writesBeginningOfText: true)),
        ("{{bos_token}}" + loop + prompt, ChatTemplate(writesBeginningOfText: true)),
        // OpenHermes, Yi. Transformers always defines add_generation_prompt.
        (
            "{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}" + loop
                + prompt, ChatTemplate()
        ),
        // llama.cpp's default for files without a template.
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

    /// The parts of SmolLM2's and Qwen2's templates before and after the default system message.
    private static let beforeDefault =
        #"{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"#
    private static let afterDefault = #"<|im_end|>\n' }}{% endif %}"# + message + "{% endfor %}" + prompt

    private static let loop = "{% for message in messages %}" + message + "{% endfor %}"
    private static let message =
        #"{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"#
    private static let prompt =
        #"{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"#

    /// The two spellings of a template: as written, and with `\n`, which occurs only in string literals, as a line
    /// break.
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

    /// Whether the text of a single-quoted literal stands for itself: it has no quotes, escapes or line ends, and no
    /// brackets that a special token could begin with.
    private static func isPlainLiteral(_ text: ArraySlice<UInt8>) -> Bool {
        !text.isEmpty && text.allSatisfy { $0 >= 0x20 && !"'\\{}<[".utf8.contains($0) }
    }
}
