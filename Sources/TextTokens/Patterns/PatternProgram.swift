/// A regular expression as instructions for ``PatternMatcher``.
struct PatternProgram: Sendable {
    enum Instruction: Sendable {
        /// Matches one character of a set.
        case set(Int32)
        /// Matches characters of a set, in one step.
        case loop(set: Int32, minimum: Int32, maximum: Int32, Repetition.Preference)
        /// Continues at one of the places that a table of ``choices`` lists for the next byte.
        case choose(Int32)
        case jump(Int32)
        /// Tries another place if what follows fails.
        case orElse(Int32)
        /// Whether a character of the set follows, or precedes.
        case ahead(Int32, negated: Bool)
        case behind(Int32, negated: Bool)
        case position(PatternPosition)
        /// Whether one of the characters before and after is of the set.
        case boundary(Int32, negated: Bool)
        /// Stores the position in a register.
        case storePosition(Int32)
        /// Stores the position where an iteration begins. Going back to an earlier iteration restores the register.
        case beginIteration(Int32)
        /// Stores the depth of the stack in a register.
        case storeDepth(Int32)
        /// Leaves a loop, to a place, if the iteration that began at the position in a register matched the empty text.
        case leaveIfEmpty(register: Int32, place: Int32)
        /// Forgets all alternatives since the depth in a register.
        case cut(Int32)
        /// Continues at the position in a register.
        case returnToPosition(Int32)
        case fail
        /// Goes back a number of characters, then further if what follows fails.
        case stepBack(minimum: Int32, maximum: Int32)
        /// Whether the position is that in a register.
        case requirePosition(Int32)
        case match
    }

    var instructions: [Instruction] = []
    var sets = CompiledSets()
    /// 257 entries per table: the index in ``targets`` of a list that ends with -1.
    var choices: [Int32] = []
    var targets: [Int32] = []
    var registerCount: Int32 = 0
    /// Whether a match can start with a byte; empty if it can be empty.
    var starts: [Bool] = []

    /// The number of instructions, plus what sets take, each about as much as ten of them.
    var size: Int { instructions.count + 10 * sets.count }
}
