/// A token of a template.
struct Token: Sendable {
    var kind: Kind
    var line: Int

    enum Kind: Sendable, Equatable {
        case data([UInt8])
        case variableBegin, variableEnd, blockBegin, blockEnd
        case name(String)
        case text(String)
        case integer(Int)
        case number(Double)
        case symbol(String)
        case end
    }
}

extension Token.Kind {
    /// The token as an error message names it.
    var description: String {
        switch self {
        case .data: "text of the template"
        case .variableBegin: "{{"
        case .variableEnd: "}}"
        case .blockBegin: "{%"
        case .blockEnd: "%}"
        case .name(let name): name
        case .text(let text): "the text '\(text)'"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .symbol(let symbol): symbol
        case .end: "the end of the template"
        }
    }
}
