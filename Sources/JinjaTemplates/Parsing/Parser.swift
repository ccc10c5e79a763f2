/// Parses the tokens of a template, as Jinja's parser does with the extensions for loop controls and `generation`.
struct Parser {
    let tokens: [Token]
    var position = 0
    private var depth = 0
    /// The greatest depth so far in the function or loop being parsed.
    private var greatestDepth = 0
    /// Loops around the statement being parsed in the same macro, for `break` and `continue`.
    var loops = 0
    /// Loops around the statement, through macros too: none of them may assign `loop`.
    var allLoops = 0

    init(_ source: String) throws(TemplateError) { tokens = try Lexer.tokens(of: source) }

    mutating func template() throws(TemplateError) -> [Statement] {
        try statements(until: [])
    }

    var kind: Token.Kind { tokens[position].kind }
    var line: Int { tokens[position].line }
    var following: Token.Kind { position + 1 < tokens.count ? tokens[position + 1].kind : .end }

    mutating func advance() { if position + 1 < tokens.count { position += 1 } }

    func malformed(_ expected: String) -> TemplateError {
        .malformed(line: line, expected: expected, found: kind.description)
    }

    mutating func skip(_ symbol: String) -> Bool {
        guard kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func skipName(_ name: String) -> Bool {
        guard kind == .name(name) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(TemplateError) {
        guard skip(symbol) else { throw malformed(symbol) }
    }

    mutating func expectName() throws(TemplateError) -> String {
        guard case .name(let name) = kind else { throw malformed("a name") }
        advance()
        return name
    }

    mutating func expectBlockEnd() throws(TemplateError) {
        guard kind == .blockEnd else { throw malformed("%}") }
        advance()
    }

    /// Counts one more level of statements or expressions within each other.
    mutating func descend() throws(TemplateError) {
        depth += 1
        greatestDepth = max(greatestDepth, depth)
        if depth > TemplateLimits.parsingDepth {
            throw .limitExceeded(
                line: line, what: "statements and expressions within each other", limit: TemplateLimits.parsingDepth)
        }
    }

    mutating func ascend() { depth -= 1 }

    /// Parses something and says how deep its statements and expressions are within each other.
    mutating func measured<Result>(_ parse: (inout Parser) throws(TemplateError) -> Result)
        throws(TemplateError) -> (result: Result, levels: Int)
    {
        let outer = greatestDepth
        greatestDepth = depth
        let result = try parse(&self)
        let levels = greatestDepth - depth
        greatestDepth = max(outer, greatestDepth)
        return (result, levels)
    }
}
