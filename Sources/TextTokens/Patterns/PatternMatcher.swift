/// Matches a program at positions of a text, by backtracking on a stack of its own.
///
/// It keeps the stack between matches, so that matching allocates nothing once the stack is large enough.
struct PatternMatcher {
    enum Kind: UInt8 { case place, choice, greedy, lazy, register, stepBack }

    /// Where to continue if what follows fails.
    struct Frame {
        var place: Int32
        var kind: Kind
        var position: Int
        var limit = 0
    }

    var stack: [Frame] = []
    var registers: [Int]
    /// The end of the text that has been read.
    private var farthest: Int

    /// The steps that reading a byte for the first time adds to those left; real patterns need about five.
    private static let stepsPerByte = 50

    /// The maximum size of the stack, 128 MB; only repeated groups need a frame for each repetition.
    private static let maximumDepth = 1 << 22

    /// Creates a matcher for a program.
    ///
    /// - Parameter start: the first position to match at.
    init(_ program: PatternProgram, from start: Int) {
        farthest = start
        registers = Array(repeating: 0, count: Int(program.registerCount))
    }

    /// Adds steps for the text before a position that is read for the first time.
    @inline(__always)
    mutating func reach(_ position: Int, _ steps: inout Int) {
        guard position > farthest else { return }
        steps &+= (position &- farthest) &* Self.stepsPerByte
        farthest = position
    }

    /// The end of the match at a position; nil if there is none, or if no steps are left.
    ///
    /// - Parameters:
    ///   - part: the text that the pattern sees.
    ///   - searchStart: where `\G` matches.
    ///   - steps: is reduced by the steps taken, and negative at the end if there were too few.
    mutating func match(
        _ program: PatternProgram, _ text: Span<UInt8>, _ part: Range<Int>, searchStart: Int, at start: Int,
        steps: inout Int
    ) -> Int? {
        stack.removeAll(keepingCapacity: true)
        let instructions = program.instructions.span
        let end = part.upperBound
        var place = 0
        var position = start
        while true {
            steps &-= 1
            var matches = true
            switch instructions[place] {
            case .set(let set):
                let length = position < end ? program.sets.length(set, text, at: position, end: end) : -1
                if length > 0 {
                    position &+= length
                    place &+= 1
                    continue
                }
                matches = false
            case .loop(let set, let minimum, let maximum, let preference):
                if let after = loop(program, text, position, end, place, set, minimum, maximum, preference, &steps) {
                    position = after
                    place &+= 1
                    if steps >= 0 { continue }
                }
                matches = false
            case .choose(let table):
                let byte = position < end ? Int(text[position]) : 256
                let list = Int(program.choices[Int(table) * 257 + byte])
                let target = program.targets[list]
                if target >= 0 {
                    if program.targets[list + 1] >= 0 {
                        stack.append(Frame(place: Int32(list + 1), kind: .choice, position: position))
                    }
                    place = Int(target)
                    continue
                }
                matches = false
            case .jump(let target):
                place = Int(target)
                reach(position, &steps)
                if stack.count > Self.maximumDepth { steps = -1 }
                if steps >= 0 { continue }
                matches = false
            case .match: return position
            case .fail: matches = false
            case .ahead(let set, let negated):
                let follows = position < end && program.sets.length(set, text, at: position, end: end) > 0
                matches = follows != negated
            case .behind(let set, let negated):
                matches = Self.precedes(program, text, part, position, set) != negated
            case .boundary(let set, let negated):
                let follows = position < end && program.sets.length(set, text, at: position, end: end) > 0
                matches = (follows != Self.precedes(program, text, part, position, set)) != negated
            case .position(let condition):
                matches = Self.holds(condition, text, part, position, searchStart)
            case .orElse(let target): stack.append(Frame(place: target, kind: .place, position: position))
            case .storePosition(let register): registers[Int(register)] = position
            case .beginIteration(let register):
                stack.append(Frame(place: register, kind: .register, position: registers[Int(register)]))
                registers[Int(register)] = position
            case .storeDepth(let register): registers[Int(register)] = stack.count
            case .leaveIfEmpty(let register, let target):
                if registers[Int(register)] == position {
                    place = Int(target)
                    continue
                }
            case .cut(let register): stack.removeLast(stack.count - registers[Int(register)])
            case .returnToPosition(let register): position = registers[Int(register)]
            case .requirePosition(let register): matches = registers[Int(register)] == position
            case .stepBack(let minimum, let maximum):
                if let before = Self.stepBack(text, part, position, Int(minimum), &steps) {
                    if maximum > minimum {
                        stack.append(
                            Frame(
                                place: Int32(place), kind: .stepBack, position: before, limit: Int(maximum - minimum)))
                    }
                    position = before
                } else {
                    matches = false
                }
            }
            if matches {
                place &+= 1
            } else {
                guard steps >= 0, let (next, after) = goBack(program, text, part, &steps) else { return nil }
                (place, position) = (next, after)
            }
        }
    }
}
