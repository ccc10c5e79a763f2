import JinjaTemplates
import Testing

/// A template tells which variables of a conversation it reads.
struct VariableTests {
    @Test(arguments: [
        ("{{ a }}{% if b is defined %}{{ c.d['e'] }}{% endif %}", ["a", "b", "c"]),
        ("{% for m in messages %}{{ m.x }}{{ loop.index }}{% endfor %}{{ m }}", ["messages", "m"]),
        ("{% set a = b %}{{ a }}", ["b"]), ("{% if not a %}{% set a = 1 %}{% endif %}{{ a }}", ["a"]),
        ("{% macro f(x, y=z) %}{{ x }}{{ w }}{{ caller() }}{% endmacro %}{{ f(v) }}", ["v", "w", "z"]),
        ("{{ range(3) }}{{ namespace(a=1) }}{{ raise_exception('x') }}{{ true }}", []),
        ("{% with a=b %}{{ a }}{% endwith %}{% set c %}{{ d }}{% endset %}", ["b", "d"]),
    ])
    func variablesAreNamesThatNothingDefines(_ template: String, _ expected: [String]) throws {
        #expect(try Template(template).variables == Set(expected))
    }
}
