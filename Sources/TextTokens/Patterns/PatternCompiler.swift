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

    /// The maximum number of instructions of a program.
    static let maximumSize = 20_000

    var program = PatternProgram()
    private let pattern: String
    var lists: [[Int32]: Int32] = [:]
    private var work = 0

    static func compile(_ node: PatternNode, pattern: String) throws(TokenizerError) -> PatternProgram {
        var compiler = PatternCompiler(pattern: pattern)
        try compiler.add(node, .success)
        try compiler.emit(.match)
        if node.minimumLength > 0 { compiler.program.starts = first(node, .success).first.firstBytes }
        compiler.program.sets.finish()
        return compiler.program
    }

    private init(pattern: String) { self.pattern = pattern }

    // MARK: First characters

    /// What a part and all that follows it can start with.
    static func first(_ node: PatternNode, _ next: Following) -> Following {
        switch node {
        case .set(let set): Following(first: set)
        case .folded: next
        case .sequence(let parts): parts.reversed().reduce(next) { first($1, $0) }
        case .alternatives(let parts):
            parts.map { first($0, next) }.reduce(Following(first: ScalarSet())) {
                Following(first: $0.first.union($1.first), neverFails: $0.neverFails || $1.neverFails)
            }
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

    // MARK: Instructions

    var here: Int32 { Int32(program.instructions.count) }

    mutating func emit(_ instruction: PatternProgram.Instruction) throws(TokenizerError) {
        if program.instructions.count == Self.maximumSize { throw tooLarge }
        program.instructions.append(instruction)
    }

    private var tooLarge: TokenizerError {
        .malformedPattern(
            pattern: pattern, offset: 0, expected: "at most \(Self.maximumSize) steps once repetitions are written out",
            found: pattern)
    }

    mutating func register() -> Int32 {
        program.registerCount += 1
        return program.registerCount - 1
    }

    mutating func add(_ node: PatternNode, _ next: Following) throws(TokenizerError) {
        // Repetitions of nothing add no instructions, but take time.
        work += 1
        if work > 10 * Self.maximumSize { throw tooLarge }
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
