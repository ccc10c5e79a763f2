/// An expression of a template as it is written.
indirect enum Expression: Sendable {
    case literal(Literal)
    case text(String)
    case name(String, line: Int)
    case list([Expression])
    case tuple([Expression])
    case dictionary([Pair])
    case conditional(condition: Expression, value: Expression, otherwise: Expression?)
    case or([Expression])
    case and([Expression])
    case not(Expression)
    case comparison(Expression, [Operand], line: Int)
    case arithmetic(Expression, [Operand], line: Int)
    case concatenation([Expression], line: Int)
    case negated(Expression, isMinus: Bool, line: Int)
    /// A value followed by accesses, calls, filters and tests.
    case chain(Expression, [Link])

    enum Literal: Sendable { case none, bool(Bool), integer(Int), number(Double) }

    struct Pair: Sendable { var key, value: Expression }

    struct Operand: Sendable {
        var symbol: String
        var value: Expression
    }

    struct Link: Sendable {
        var kind: Kind
        var line: Int

        enum Kind: Sendable {
            case attribute(String)
            case element(Expression)
            case slice(Expression?, Expression?, Expression?)
            case call(ArgumentList)
            case filter(String, ArgumentList)
            case test(String, ArgumentList, isNegated: Bool)
        }
    }
}

/// The arguments of a call as they are written.
struct ArgumentList: Sendable {
    var positional: [Expression] = []
    var named: [(name: String, value: Expression)] = []
    var unpackedList: Expression?
    var unpackedDictionary: Expression?

    var all: [Expression] {
        positional + named.map(\.value) + [unpackedList, unpackedDictionary].compactMap { $0 }
    }
}

/// What an assignment assigns to.
indirect enum Target: Sendable {
    case name(String)
    case attribute(of: String, name: String, line: Int)
    case tuple([Target])
}

/// A statement of a template as it is written.
indirect enum Statement: Sendable {
    case data([UInt8])
    case output(Expression, line: Int)
    case loop(ForLoop)
    case condition(branches: [(condition: Expression, body: [Statement])], otherwise: [Statement], line: Int)
    case assignment(Target, Expression, line: Int)
    case blockAssignment(Target, filters: [Expression.Link], body: [Statement], line: Int)
    case macro(name: String, Signature, body: [Statement], levels: Int, line: Int)
    case callBlock(Signature, call: Expression, body: [Statement], levels: Int, line: Int)
    case filterBlock([Expression.Link], body: [Statement], line: Int)
    case with([(target: Target, value: Expression)], body: [Statement], line: Int)
    case generation(body: [Statement], line: Int)
    case breakLoop(line: Int)
    case continueLoop(line: Int)

    struct ForLoop: Sendable {
        var target: Target
        var iterable: Expression
        var condition: Expression?
        var isRecursive: Bool
        var body: [Statement]
        var otherwise: [Statement]
        /// How deep the statements and expressions of the loop are within each other.
        var levels: Int
        var line: Int
    }

    /// The parameters of a macro or a call block; defaults belong to the last ones.
    struct Signature: Sendable {
        var parameters: [String] = []
        var defaults: [Expression] = []
    }
}
