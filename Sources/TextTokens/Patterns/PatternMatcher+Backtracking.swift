/// The frames of the stack: how they are left, and how matching goes back to them.
extension PatternMatcher {
    /// Matches characters of a set and leaves a frame for other numbers of them. Nil if there are too few.
    @inline(__always)
    mutating func loop(
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
    mutating func goBack(
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
}
