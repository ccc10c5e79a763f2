import JinjaTemplates
import TestSupport
import Testing

/// Small templates are rendered as jinja2 renders them with transformers' settings, and refused where it refuses them.
struct SnippetTests {
    struct Snippet: Decodable {
        let template: String
        /// Nil if jinja2 raises an error.
        let text: String?
    }

    /// The variables of `jinja_snippets.py`.
    private static let variables: [(String, TemplateValue)] = [
        ("text", "Hello, World"), ("spaces", "  a b\tc \n"), ("empty", ""), ("unicode", "Größe 日本 é"),
        ("quotes", "it's \"so\""), ("lines", "one\ntwo\r\n\nthree"), ("five", 5), ("minus", -7),
        ("large", .largeInteger("12345678901234567890")), ("half", 2.5), ("yes", true), ("no", false),
        ("nothing", nil), ("list", [3, 1, 2]), ("words", ["b", "A", "c"]), ("void", []),
        ("nested", [[1, [2]], ["k": nil]]),
        ("map", ["b": 1, "a": [true, nil], "items": "own", "x y": ["z": 1.5]]),
        (
            "messages",
            [
                ["role": "system", "content": "Be kind."],
                ["role": "user", "content": [["type": "text", "text": "Hi"], ["type": "image"]]],
                [
                    "role": "assistant", "content": nil,
                    "calls": [["name": "f", "arguments": ["x": 1, "y": "ü<&>"]]],
                ],
                ["role": "user", "content": "Bye"],
            ]
        ),
    ]

    private static let now = TemplateDate(year: 2024, month: 2, day: 9, hour: 15, minute: 4, second: 5)

    @Test func textsAndErrorsAreThoseOfJinja() throws {
        let snippets = try Goldens.json("jinja-snippets.json", as: [Snippet].self)
        #expect(snippets.count > 300)
        for snippet in snippets {
            #expect(rendered(snippet.template) == snippet.text, "\(snippet.template)")
        }
    }

    private func rendered(_ template: String) -> String? {
        do {
            return try Template(template).render(Self.variables, now: Self.now).map(\.text).joined()
        } catch {
            return nil
        }
    }
}
