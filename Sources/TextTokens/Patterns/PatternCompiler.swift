/// Compiles a pattern's tree.
///
/// What can follow a loop decides whether it may keep all that it matched: `\p{L}+` before a space never has to give
/// back a letter.
struct PatternCompiler {
    /// What follows a part of a pattern.
    struct Following {
        /// The characters that it can start with; all if it can match without one.
        var first = ScalarSet.all
        var neverFails = false
        static let success = Following(neverFails: true)
    }

    /// The usual maximum of ``PatternProgram/size``.
    static let standardSize = 20_000

    var program = PatternProgram()
    private let pattern: String
    private let maximumSize: Int
    var lists: [[Int32]: Int32] = [:]
    private var work = 0

    static func compile(
        _ node: PatternNode, pattern: String, maximumSize: Int = standardSize
    ) throws(TokenizerError) -> PatternProgram {
        var compiler = PatternCompiler(pattern: pattern, maximumSize: maximumSize)
        try compiler.add(node, .success)
        try compiler.emit(.match)
        if node.minimumLength > 0 { compiler.program.starts = first(node, .success).first.firstBytes }
        compiler.program.sets.finish()
        return compiler.program
    }

    private init(pattern: String, maximumSize: Int) {
        self.pattern = pattern
        self.maximumSize = maximumSize
    }

    // MARK: First characters

    /// What a part and all that follows it can start with.
    static func first(_ node: PatternNode, _ next: Following) -> Following {
        switch node {
        case .set(let set): Following(first: set)
        case .folded: next
        case .sequence(let parts): parts.reversed().reduce(next) { first($1, $0) }
        case .alternatives(let parts):
            union(of: parts.map { first($0, next) })
        case .repeated(let part, let repetition):
            if repetition.maximum == 0 {
                next
            } else if repetition.minimum > 0, part.minimumLength > 0 {
                Following(first: first(part, Following()).first)
            } else {
                Following(
                    first: first(part, next).first.union(next.first),
                    neverFails: next.neverFails && repetition.minimum == 0)
            }
        case .atomic(let part): Following(first: first(part, next).first)
        case .look, .position: Following(first: next.first)
        }
    }

    private static func union(of parts: [Following]) -> Following {
        Following(first: .union(of: parts.map(\.first)), neverFails: parts.contains { $0.neverFails })
    }

    // MARK: Instructions

    var here: Int32 { Int32(program.instructions.count) }

    mutating func emit(_ instruction: PatternProgram.Instruction) throws(TokenizerError) {
        if program.size >= maximumSize { throw tooLarge }
        program.instructions.append(instruction)
    }

    private var tooLarge: TokenizerError {
        .malformedPattern(
            pattern: pattern, offset: 0,
            expected: "at most \(Self.standardSize) steps in all expressions, once repetitions are written out",
            found: pattern)
    }

    mutating func register() -> Int32 {
        program.registerCount += 1
        return program.registerCount - 1
    }

    mutating func add(_ node: PatternNode, _ next: Following) throws(TokenizerError) {
        // Repetitions of nothing add no instructions, but take time.
        work += 1
        if work > 10 * maximumSize { throw tooLarge }
        switch node {
        case .set(let set): try emit(.set(program.sets.number(of: set)))
        case .folded: preconditionFailure("simplified() leaves none")
        case .sequence(let parts):
            var following = [next]
            for part in parts.dropFirst().reversed() {
                following.append(Self.first(part, following[following.count - 1]))
            }
            for (part, next) in zip(parts, following.reversed()) { try add(part, next) }
        case .alternatives(let parts): try addAlternatives(parts, next)
        case .repeated(let part, let repetition): try addRepeated(part, repetition, next)
        case .atomic(let part): try addAtomic { compiler throws(TokenizerError) in try compiler.add(part, .success) }
        case .look(let part, let behind, let negated): try addLook(part, behind, negated)
        case .position(.wordBoundary): try emit(.boundary(program.sets.number(of: .word), negated: false))
        case .position(.noWordBoundary): try emit(.boundary(program.sets.number(of: .word), negated: true))
        case .position(let position): try emit(.position(position))
        }
    }
}
