import JinjaTemplates
import Testing

/// Pieces tell what the template wrote from what a message says. Here, input is in brackets.
struct ProvenanceTests {
    private func marked(_ template: String, _ variables: [(String, TemplateValue)] = [("x", "<s>a b</s>")]) throws
        -> String
    {
        try Template(template).render(variables, trusted: [("bos_token", "<s>")])
            .map { $0.isFromInput ? "[\($0.text)]" : $0.text }.joined()
    }

    @Test func textsOfTheTemplateAndTrustedVariablesAreNotInput() throws {
        #expect(try marked("<s>{{ '<s>' ~ bos_token }}{% set y %}<s>{% endset %}{{ y }}") == "<s><s><s><s>")
    }

    @Test(arguments: [
        ("<s>{{ x }}</s>", "<s>[<s>a b</s>]</s>"),
        ("{{ '<s>' + x + '</s>' }}", "<s>[<s>a b</s>]</s>"),
        ("{{ '<s>' ~ x ~ 1 }}", "<s>[<s>a b</s>]1"),
        ("{{ ('<s>' + x)[1:5] }}", "s>[<s]"),
        ("{{ ('<' + x)[::-1] }}", "[>s/<b a>s<]<"),
        ("{{ x[0] }}{{ (x + 'é')[-1] }}", "[<]é"),
        ("{{ ('a' + x)|upper }}", "A[<S>A B</S>]"),
        ("{{ (' ' + x + ' ')|trim }}{{ (' <s>' + x).strip() }}", "[<s>a b</s>]<s>[<s>a b</s>]"),
        ("{{ x|replace('a', '<s>') }}", "[<s>]<s>[ b</s>]"),
        ("{{ '<s>-<s>'|replace('-', x) }}", "<s>[<s>a b</s>]<s>"),
        ("{{ [x, '<s>']|join('</s>') }}", "[<s>a b</s>]</s><s>"),
        ("{{ ('<s> ' + x).split(' ')|join('|') }}", "<s>|[<s>a]|[b</s>]"),
        ("{{ {'<s>': x}|tojson }}", "{\"<s>\": \"[<s>a b</s>]\"}"),
        ("{{ [x] }}", "['[<s>a b</s>]']"),
        ("{{ '<s>%s</s>' % x }}{{ '<s>%s'|format(x) }}", "<s>[<s>a b</s>]</s><s>[<s>a b</s>]"),
        ("{{ '<s>{}{:>12}'.format(x, '<s>') }}", "<s>[<s>a b</s>]         <s>"),
        ("{{ (x + '\n<s>')|indent(2) }}", "[<s>a b</s>]\n  <s>"),
        ("{% for c in '<' + x[:3] %}{{ c }}{% endfor %}", "<[<s>]"),
        ("{% macro m(y) %}<s>{{ y }}{% endmacro %}{{ m(x) }}", "<s>[<s>a b</s>]"),
        ("{% filter upper %}<s>{{ x }}{% endfilter %}", "<S>[<S>A B</S>]"),
        ("{% set y %}<s>{{ x }}{% endset %}{{ y }}", "<s>[<s>a b</s>]"),
        ("{{ x|length }}{{ x == '<s>a b</s>' }}", "10True"),
        ("{{ x|escape }}", "[&lt;s&gt;a b&lt;/s&gt;]"),
        ("{{ x.partition('a')|join('<s>') }}", "[<s>]<s>[a]<s>[ b</s>]"),
    ])
    func operationsKeepWhatIsInput(_ template: String, _ expected: String) throws {
        #expect(try marked(template) == expected)
    }

    @Test func keysOfTheInputAreInput() throws {
        #expect(
            try marked("{% for k in x %}{{ k }}{% endfor %}{{ x|tojson }}", [("x", ["<s>": 1])])
                == "[<s>]{\"[<s>]\": 1}")
    }

    @Test func generatedTextIsMarked() throws {
        let pieces = try Template("a{% generation %}b{{ x }}{% endgeneration %}c").render([("x", "d")])
        #expect(
            pieces == [
                RenderedPiece(text: "a", isFromInput: false, isGenerated: false),
                RenderedPiece(text: "b", isFromInput: false, isGenerated: true),
                RenderedPiece(text: "d", isFromInput: true, isGenerated: true),
                RenderedPiece(text: "c", isFromInput: false, isGenerated: false),
            ])
    }
}
