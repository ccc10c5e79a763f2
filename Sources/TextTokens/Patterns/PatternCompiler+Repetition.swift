extension PatternCompiler {
    mutating func addRepeated(
        _ part: PatternNode, _ repetition: Repetition, _ next: Following
    ) throws(TokenizerError) {
        if repetition.maximum == 0 { return }
        if case .set(let set) = part { return try addLoop(set, repetition, next) }
        if repetition.preference == .possessive {
            var greedy = repetition
            greedy.preference = .greedy
            return try addAtomic { compiler throws(TokenizerError) in
                try compiler.addRepeated(part, greedy, .success)
            }
        }
        var inside = Following(first: Self.first(part, next).first.union(next.first))
        for _ in 0..<repetition.minimum { try add(part, inside) }
        inside.neverFails = next.neverFails
        if repetition.maximum == .max {
            try addStar(part, repetition, inside, next)
        } else {
            try addOptional(part, repetition, inside, next)
        }
    }

    private mutating func addLoop(
        _ set: ScalarSet, _ repetition: Repetition, _ next: Following
    ) throws(TokenizerError) {
        var preference = repetition.preference
        // What follows can only match after the last character, so that no other end has to be tried.
        if preference == .greedy, next.neverFails || next.first.isDisjoint(with: set) { preference = .possessive }
        if repetition.minimum == 1, repetition.maximum == 1 { return try emit(.set(program.sets.number(of: set))) }
        try emit(
            .loop(
                set: program.sets.number(of: set), minimum: Int32(repetition.minimum),
                maximum: Int32(clamping: repetition.maximum), preference))
    }

    private mutating func addStar(
        _ part: PatternNode, _ repetition: Repetition, _ inside: Following, _ next: Following
    ) throws(TokenizerError) {
        let choice = here
        try emit(.fail)
        let body = Entry(place: here, first: Self.required(part, inside))
        var leave: Int32?
        let register = part.minimumLength == 0 ? register() : nil
        if let register { try emit(.beginIteration(register)) }
        try add(part, inside)
        if register != nil {
            leave = here
            try emit(.fail)
        }
        try emit(.jump(choice))
        if let leave, let register {
            program.instructions[Int(leave)] = .leaveIfEmpty(register: register, place: here)
        }
        let exit = Entry(place: here, first: next.first == .all ? nil : next.first)
        program.instructions[Int(choice)] = .choose(
            table(repetition.preference == .lazy ? [exit, body] : [body, exit]))
    }

    private mutating func addOptional(
        _ part: PatternNode, _ repetition: Repetition, _ inside: Following, _ next: Following
    ) throws(TokenizerError) {
        var bodies: [Int32] = []
        for _ in repetition.minimum..<repetition.maximum {
            bodies.append(here + 1)
            try emit(.fail)
            try add(part, inside)
        }
        let required = Self.required(part, inside)
        let exit = Entry(place: here, first: next.first == .all ? nil : next.first)
        for place in bodies {
            let body = Entry(place: place, first: required)
            program.instructions[Int(place) - 1] = .choose(
                table(repetition.preference == .lazy ? [exit, body] : [body, exit]))
        }
    }
}
