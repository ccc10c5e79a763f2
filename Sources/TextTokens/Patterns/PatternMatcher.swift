/// Matches a program at positions of a text, by backtracking on a stack of its own.
///
/// It keeps the stack between matches, so that matching allocates nothing once the stack is large enough.
struct PatternMatcher {
    private enum Kind: UInt8 { case place, choice, greedy, lazy, register, stepBack }

    /// Where to continue if what follows fails.
    private struct Frame {
        var place: Int32
        var kind: Kind
        var position: Int
        var limit = 0
    }

    private var stack: [Frame] = []
    private var registers: [Int]
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
                matches = precedes(program, text, part, position, set) != negated
            case .boundary(let set, let negated):
                let follows = position < end && program.sets.length(set, text, at: position, end: end) > 0
                matches = (follows != precedes(program, text, part, position, set)) != negated
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
                if let before = stepBack(text, part, position, Int(minimum), &steps) {
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

extension PatternMatcher {
    /// Matches characters of a set and leaves a frame for other numbers of them. Nil if there are too few.
    @inline(__always)
    private mutating func loop(
        _ program: PatternProgram, _ text: Span<UInt8>, _ start: Int, _ end: Int, _ place: Int, _ set: Int32,
        _ minimum: Int32, _ maximum: Int32, _ preference: Repetition.Preference, _ steps: inout Int
    ) -> Int? {
        var position = start
        var count: Int32 = 0
        var least = start
        let wanted = preference == .lazy ? minimum : maximum
        while position < end, count < wanted {
            let length = program.sets.length(set, text, at: position, end: end)
            if length <= 0 { break }
            position &+= length
            count &+= 1
            if count == minimum { least = position }
        }
        reach(position, &steps)
        steps &-= Int(count)
        guard count >= minimum else { return nil }
        switch preference {
        case .greedy:
            if position > least {
                stack.append(Frame(place: Int32(place + 1), kind: .greedy, position: position, limit: least))
            }
        case .lazy:
            if maximum > minimum {
                stack.append(
                    Frame(place: Int32(place), kind: .lazy, position: position, limit: Int(maximum - minimum)))
            }
        case .possessive: break
        }
        return position
    }

    /// Continues with the last alternative; nil if there is none.
    private mutating func goBack(
        _ program: PatternProgram, _ text: Span<UInt8>, _ part: Range<Int>, _ steps: inout Int
    ) -> (place: Int, position: Int)? {
        while let frame = stack.last {
            steps &-= 1
            let top = stack.count - 1
            switch frame.kind {
            case .place:
                stack.removeLast()
                return (Int(frame.place), frame.position)
            case .choice:
                let list = Int(frame.place)
                if program.targets[list + 1] >= 0 { stack[top].place += 1 } else { stack.removeLast() }
                return (Int(program.targets[list]), frame.position)
            case .greedy:
                let before = Self.previous(text, frame.position, part.lowerBound, part.upperBound)
                if before > frame.limit { stack[top].position = before } else { stack.removeLast() }
                return (Int(frame.place), before)
            case .lazy:
                stack.removeLast()
                guard case .loop(let set, _, _, _) = program.instructions[Int(frame.place)],
                    frame.position < part.upperBound
                else { continue }
                let length = program.sets.length(set, text, at: frame.position, end: part.upperBound)
                guard length > 0 else { continue }
                let after = frame.position + length
                if frame.limit > 1 {
                    stack.append(Frame(place: frame.place, kind: .lazy, position: after, limit: frame.limit - 1))
                }
                return (Int(frame.place) + 1, after)
            case .register:
                registers[Int(frame.place)] = frame.position
                stack.removeLast()
            case .stepBack:
                stack.removeLast()
                guard frame.position > part.lowerBound else { continue }
                let before = Self.previous(text, frame.position, part.lowerBound, part.upperBound)
                if frame.limit > 1 {
                    stack.append(Frame(place: frame.place, kind: .stepBack, position: before, limit: frame.limit - 1))
                }
                return (Int(frame.place) + 1, before)
            }
        }
        return nil
    }

    private func precedes(
        _ program: PatternProgram, _ text: Span<UInt8>, _ part: Range<Int>, _ position: Int, _ set: Int32
    ) -> Bool {
        guard position > part.lowerBound else { return false }
        let before = Self.previous(text, position, part.lowerBound, part.upperBound)
        return program.sets.length(set, text, at: before, end: part.upperBound) > 0
    }

    private func stepBack(
        _ text: Span<UInt8>, _ part: Range<Int>, _ start: Int, _ count: Int, _ steps: inout Int
    ) -> Int? {
        var position = start
        for _ in 0..<count {
            guard position > part.lowerBound else { return nil }
            position = Self.previous(text, position, part.lowerBound, part.upperBound)
            steps &-= 1
        }
        return position
    }

    /// Where the character before a position starts.
    private static func previous(_ text: Span<UInt8>, _ position: Int, _ start: Int, _ end: Int) -> Int {
        guard UTF8Sequence.isContinuation(text[position - 1]) else { return position - 1 }
        for length in 2...4 where position - length >= start {
            if UTF8Sequence.decode(text, at: position - length, end: end)?.length == length { return position - length }
        }
        return position - 1
    }

    private static func holds(
        _ condition: PatternPosition, _ text: Span<UInt8>, _ part: Range<Int>, _ position: Int, _ searchStart: Int
    ) -> Bool {
        let newline = UInt8(ascii: "\n")
        let (start, end) = (part.lowerBound, part.upperBound)
        switch condition {
        case .lineStart: return position == start || (position < end && text[position - 1] == newline)
        case .lineEnd: return position == end || text[position] == newline
        case .textStart: return position == start
        case .textEnd: return position == end
        case .textEndOrFinalNewline: return position == end || (position == end - 1 && text[position] == newline)
        case .searchStart: return position == searchStart
        case .wordBoundary, .noWordBoundary: return false  // the compiler makes these boundaries
        }
    }
}
