extension PatternCompiler {
    /// Adds a part without alternatives once it has matched.
    mutating func addAtomic(
        _ body: (inout PatternCompiler) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        let depth = register()
        try emit(.storeDepth(depth))
        try body(&self)
        try emit(.cut(depth))
    }

    mutating func addLook(_ part: PatternNode, _ behind: Bool, _ negated: Bool) throws(TokenizerError) {
        if case .set(let set) = part {
            let set = program.sets.number(of: set)
            return try emit(behind ? .behind(set, negated: negated) : .ahead(set, negated: negated))
        }
        let (position, depth) = (register(), register())
        try emit(.storePosition(position))
        try emit(.storeDepth(depth))
        let otherwise = here
        if negated { try emit(.fail) }
        if behind {
            try emit(
                .stepBack(
                    minimum: Int32(clamping: part.minimumLength), maximum: Int32(clamping: part.maximumLength)))
            try add(part, Following())
            try emit(.requirePosition(position))
        } else {
            try add(part, .success)
        }
        try emit(.cut(depth))
        if negated {
            try emit(.fail)
            program.instructions[Int(otherwise)] = .orElse(here)
        } else {
            try emit(.returnToPosition(position))
        }
    }
}
