import JinjaTemplates
import Testing

/// Errors name the line, what was expected and what was found.
struct TemplateErrorTests {
    @Test(arguments: [
        ("a\n{% if x %}", "line 2: expected {% elif %} or {% else %} or {% endif %}, found the end of the template"),
        ("\n\n{{ 1|nope }}", "line 3: expected a filter of Jinja, found nope"),
        ("{{ 1 is\nnope }}", "line 1: expected a test of Jinja, found nope"),
        ("{{ 1|pprint }}", "line 1: expected a supported part of Jinja, found the filter pprint"),
        ("{% include 'x' %}", "line 1: expected a supported part of Jinja, found {% include %}"),
        ("{% block x %}{% endblock %}", "line 1: expected a supported part of Jinja, found {% block %}"),
        ("{% do x %}", "line 1: expected a statement, found {% do %}"),
        ("{{ (1] }}", "line 1: expected ), found ]"),
        ("{{ 'a", "line 1: expected ' at the end of a text, found the end of the template"),
    ])
    func errorsOfSyntaxHaveALine(_ template: String, _ description: String) {
        let error = #expect(throws: TemplateError.self) { try Template(template) }
        #expect(error?.description == description)
    }

    @Test(arguments: [
        ("\n{{ x.y }}", "line 2: expected a value, found the variable x, which is undefined"),
        ("{{ a.b.c }}", "line 1: expected a value, found b of a dict, which is undefined"),
        (
            "{% for x in [1,\n 2] %}\n{{ x + 'a' }}{% endfor %}",
            "line 3: expected operands that + is for, found int and str"
        ),
        ("{{ [].append(1) }}", "line 1: expected a value, found append of a list, which is not allowed in templates"),
        ("{{ 'a'.encode() }}", "line 1: expected a supported part of Jinja, found encode of a str"),
        ("{{ 2 ** 70 }}", "line 1: expected a supported part of Jinja, found an integer of more than 64 bits"),
        (
            "\n{{ raise_exception('No tools\\n!') }}",
            "line 2: the template refuses this conversation: No tools\u{FFFD}!"
        ),
        ("{{ strftime_now('%q') }}", "line 1: expected a supported part of Jinja, found %q in a format of dates"),
    ])
    func errorsOfRenderingHaveALine(_ template: String, _ description: String) {
        let error = #expect(throws: TemplateError.self) { try text(template, [("a", [:])]) }
        #expect(error?.description == description)
    }

    @Test func theTemplatesOwnMessageIsKept() {
        #expect(throws: TemplateError.raised(line: 1, message: "No ü")) {
            try text("{{ raise_exception('No ' ~ x) }}", [("x", "ü")])
        }
    }
}
