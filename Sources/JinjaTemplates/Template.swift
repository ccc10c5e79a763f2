/// A chat template in the Jinja language, as transformers runs it: `trim_blocks`, `lstrip_blocks`, loop controls,
/// `{% generation %}`, and a sandbox in which nothing but namespaces can be changed.
///
/// Templates come from files of strangers, so everything that they can use is bounded by ``TemplateLimits``. What this
/// interpreter does not know is an error with its line.
package struct Template: Sendable {
    /// The names of the conversation's variables that the template reads, such as `messages`, `tools` or
    /// `enable_thinking`.
    package let variables: Set<String>
    /// Whether the template has `{% generation %}`, which marks what the assistant writes.
    package let marksGeneration: Bool
    private let run: Compiler.Execution
    private let slots: Int

    /// Parses a template.
    package init(_ source: String) throws(TemplateError) {
        var parser = try Parser(source)
        var compiler = Compiler()
        (run, slots) = try compiler.template(try parser.template())
        variables = compiler.variables
        marksGeneration = compiler.marksGeneration
    }

    /// Renders a conversation as pieces, each from one origin.
    ///
    /// - Parameters:
    ///   - variables: what the template reads; texts in it are marked as input.
    ///   - trusted: variables whose texts count as the template's own, such as `bos_token`.
    ///   - now: what `strftime_now` prints; by default the time of the call.
    package func render(
        _ variables: [(String, TemplateValue)], trusted: [(String, TemplateValue)] = [],
        limits: TemplateLimits = .standard, now: TemplateDate? = nil
    ) throws(TemplateError) -> [RenderedPiece] {
        var globals = Globals.all()
        for (name, value) in trusted { globals[name] = try Value(value, mark: .template, limits) }
        for (name, value) in variables { globals[name] = try Value(value, mark: .input, limits) }
        let rendering = Rendering(globals: globals, limits: limits, now: now, slots: slots)
        defer { rendering.end() }
        _ = try run(rendering)
        return RenderedPiece.pieces(rendering.output)
    }
}

extension Value {
    /// Converts a value of the conversation.
    fileprivate init(_ value: TemplateValue, mark: Mark, _ limits: TemplateLimits, depth: Int = 0)
        throws(TemplateError)
    {
        guard depth < limits.valueDepth else {
            throw .limitExceeded(line: 1, what: "lists within each other in a variable", limit: limits.valueDepth)
        }
        switch value {
        case .none: self = .none
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .largeInteger(let digits): self = .largeInteger(digits)
        case .number(let value): self = .number(value)
        case .text(let text): self = .text(MarkedText(text, mark: mark))
        case .list(let items):
            var converted: [Value] = []
            converted.reserveCapacity(items.count)
            for item in items { converted.append(try Value(item, mark: mark, limits, depth: depth + 1)) }
            self = .list(ListValue(unchecked: converted))
        case .object(let members):
            var converted: [(key: Value, hash: DictionaryKey, value: Value)] = []
            converted.reserveCapacity(members.count)
            for member in members {
                let key = MarkedText(member.key, mark: mark)
                let value = try Value(member.value, mark: mark, limits, depth: depth + 1)
                converted.append((.text(key), .text(key.bytes), value))
            }
            self = .dictionary(DictionaryValue(unchecked: converted))
        }
    }
}
