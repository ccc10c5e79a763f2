import CLibc
import JinjaTemplates
import Testing

/// Templates that would take too long, too much memory or too much stack are errors.
struct LimitTests {
    @Test(arguments: [
        ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "steps"),
        (
            "{% for a in range(99999) %}{{ a|string|upper }}{% endfor %}",
            "steps"
        ),
        ("{{ 'x' * 10 ** 9 }}", "bytes of text"), ("{{ 'x'|center(10 ** 9) }}", "bytes of text"),
        ("{{ [1]|tojson(indent=10 ** 9) }}", "bytes of text"), ("{{ '%999999999d' % 1 }}", "characters"),
        ("{{ '{:999999999}'.format(1) }}", "characters"), ("{{ [1] * 10 ** 9 }}", "elements"),
        ("{{ range(10 ** 18) }}", "elements of a range"),
        (
            "{% set ns = namespace(x='x') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
            "bytes of text"
        ),
        (
            "{% set ns = namespace(x='aa') %}{% for i in range(9) %}{% set ns.x=ns.x|replace('a', ns.x) %}{% endfor %}",
            "bytes"
        ),
        ("{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}", "elements"),
        (
            "{% set ns = namespace(x=1) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
            ""
        ),
        (
            "{% set ns = namespace(x=[1]) %}{% for i in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}",
            "within each other"
        ),
        (
            "{% set ns = namespace(x=[1]) %}{% for i in range(999) %}{% set ns.x = ns.x|map('abs') %}{% endfor %}",
            "within"
        ),
        ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "within each other"),
        ("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "within each other"),
    ])
    func endlessAndHugeTemplatesAreErrors(_ template: String, _ limit: String) throws {
        let limits = TemplateLimits(steps: 300_000, textBytes: 1 << 20, elements: 100_000)
        let error = #expect(throws: TemplateError.self) { try text(template, limits: limits) }
        guard case .limitExceeded(1, let what, _)? = error else {
            Issue.record("\(template): \(String(describing: error))")
            return
        }
        #expect(what.contains(limit), "\(template): \(what)")
    }

    /// What is done with a text of 100,000 bytes or a list of 1,000 elements takes more than this many steps, so that
    /// five million steps take less than a second.
    @Test(arguments: [
        ("text.swapcase()", 150_000), ("text.isalpha()", 50_000), ("text.istitle()", 50_000), ("text|title", 50_000),
        ("text|wordcount", 50_000), ("text|reverse", 50_000), ("text[::-1]", 50_000), ("text|trim('x')", 25_000),
        ("text.expandtabs()", 50_000), ("text|striptags", 50_000), ("list|sort", 12_000), ("list|min", 2_000),
        ("words|max", 4_000), ("list|unique|list", 4_000), ("members|groupby('a')", 10_000), ("list|sum", 2_000),
        ("numbers|string", 5_000), ("numbers|tojson", 5_000), ("dict(pairs)", 3_000),
        ("numbers|map('round', 2)|list", 15_000), ("small|round(250)", 140), ("'{:.1f}'.format(small)", 140),
        ("('%.1f' % small)", 140), ("small|filesizeformat", 140),
    ])
    func slowFiltersTakeManySteps(_ expression: String, _ steps: Int) throws {
        let variables: [(String, TemplateValue)] = [
            ("text", .text(String(repeating: "x", count: 100_000))), ("list", .list((0..<1_000).map { .integer($0) })),
            ("words", .list(Array(repeating: "ab", count: 1_000))),
            ("members", .list(Array(repeating: ["a": 1], count: 1_000))),
            ("numbers", .list((0..<1_000).map { .number(Double($0) / 7) })),
            ("small", 1e-300), ("pairs", .list((0..<1_000).map { .list([.integer($0), "b"]) })),
        ]
        let template = "{% set result = \(expression) %}"
        #expect(throws: TemplateError.limitExceeded(line: 1, what: "steps of a template", limit: steps)) {
            try text(template, variables, limits: TemplateLimits(steps: steps))
        }
        #expect(throws: Never.self) { try text(template, variables) }
    }

    /// Copying a group for each element that joins it would take many seconds.
    @Test func largeGroupsAreNotCopied() throws {
        let members = TemplateValue.list(Array(repeating: ["a": 1], count: 50_000))
        let start = ContinuousClock.now
        #expect(try text("{{ (m|groupby('a')|first).list|length }}", [("m", members)]) == "50000")
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    /// Texts are repeated in large steps, since adding 60 million characters one by one takes a second.
    @Test func longPaddingAndRepetitionAreThoseOfPython() throws {
        let fill = String(repeating: "é", count: 500_001)
        #expect(try text("{{ 'a'.center(1000003, 'é') }}", limits: .standard) == "\(fill)a\(fill)")
        #expect(try text("{{ 'éa' * 5 }}{{ 'a'.zfill(6) }}", limits: .standard) == "éaéaéaéaéa00000a")
    }

    @Test func aTemplateOfManyBytesIsAnError() throws {
        #expect(throws: TemplateError.limitExceeded(line: 1, what: "bytes of a template", limit: 1 << 20)) {
            try Template(String(repeating: "x", count: 1 << 20 + 1))
        }
    }

    /// Each nests without end, so what it is repeated with is part of what it repeats.
    private static let nests = [
        ("{{ ", "(", "1", ")", " }}"), ("{{ ", "[", "1", "]", " }}"), ("{{ ", "{'a': ", "1", "}", " }}"),
        ("{{ ", "dict(a=", "1", ")", " }}"), ("{{ ", "1 is eq(", "1", ")", " }}"),
        ("{{ ", "(1 + 2 * ", "1", ")", " }}"),
        ("{{ ", "[1][", "0", "]", " }}"), ("{{ ", "not ", "1", "", " }}"), ("{{ ", "-", "1", "", " }}"),
        ("{{ ", "1 if 1 else ", "1", "", " }}"), ("{{ 1 ", "if 1 ", "", "", " }}"),
        ("", "{% if 1 %}", "x", "{% endif %}", ""), ("", "{% for x in [1] %}", "x", "{% endfor %}", ""),
        ("", "{% set x %}", "x", "{% endset %}", ""), ("", "{% filter upper %}", "x", "{% endfilter %}", ""),
        ("", "{% macro f() %}", "x", "{% endmacro %}", ""), ("", "{% with a=1 %}", "x", "{% endwith %}", ""),
        ("", "{% generation %}", "x", "{% endgeneration %}", ""), ("{% for ", "(", "a", ",)", " in [] %}{% endfor %}"),
    ]

    @Test func deeplyNestedTemplatesAreErrorsOnSmallStacks() throws {
        for (start, open, middle, close, end) in Self.nests {
            @Sendable func template(_ depth: Int) -> String {
                start + String(repeating: open, count: depth) + middle + String(repeating: close, count: depth) + end
            }
            let results = onSmallStack {
                [1, 10, 34, 2_000].map { depth in Result { try text(template(depth)) } }
            }
            for result in results.dropLast() { _ = try result.get() }
            let error = #expect(throws: TemplateError.self, "\(open)") { try results[3].get() }
            guard case .limitExceeded(_, "statements and expressions within each other", _)? = error else {
                Issue.record("\(open): \(String(describing: error))")
                continue
            }
        }
    }

    @Test(arguments: [
        "{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}",
        "{% macro f(x) %}{% if x %}{% for i in [1] %}{{ [f(x)][0] }}{% endfor %}{% endif %}{% endmacro %}{{ f(1) }}",
        "{% macro f(x=f()) %}{% endmacro %}{{ f() }}",
        "{% macro f() %}{% call f() %}{% endcall %}{{ caller() }}{% endmacro %}{% call f() %}{% endcall %}",
        "{% macro f(x) %}{% filter upper %}{% set y %}{{ f(x) }}{% endset %}{% endfilter %}{% endmacro %}{{ f(0) }}",
        "{% macro f(x) %}{% for i in [1] if f(x) %}{% endfor %}{% endmacro %}{{ f(0) }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    ])
    func endlessRecursionIsAnErrorOnSmallStacks(_ template: String) throws {
        let result = onSmallStack { Result { try text(template) } }
        #expect(throws: TemplateError.self) { try result.get() }
    }

    @Test func deepValuesArePrintedOnSmallStacks() throws {
        let build =
            "{% set ns = namespace(x=1) %}{% for i in range(60) %}{% set ns.x = {'a': [ns.x]} if i < 30 else ns.x %}"
            + "{% endfor %}{{ ns.x|string|length }} {{ ns.x|tojson|length }} {{ ns.x == ns.x }}"
        let result = onSmallStack { Result { try text(build) } }
        #expect(try result.get() == "271 271 True")
    }

}
