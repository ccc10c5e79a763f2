extension Compiler {
    mutating func loop(_ syntax: Statement.ForLoop, _ frame: Frame) throws(TemplateError) -> Execution {
        let iterable = try expression(syntax.iterable, frame)
        // A recursive loop can be called, so it is a function with variables of its own.
        let function = syntax.isRecursive ? FunctionScope(depth: frame.function.depth + 1) : nil
        let body = try loopBody(syntax, frame, function)
        let line = syntax.line
        guard let function else {
            return { rendering throws(TemplateError) in
                rendering.line = line
                return try body.run(try iterable(rendering), depth: 0, recursion: nil, rendering)
            }
        }
        let slots = function.count
        let recursion = LoopValue.Recursion(body: body, slots: slots, levels: syntax.levels + 4)
        return { rendering throws(TemplateError) in
            rendering.line = line
            let value = try iterable(rendering)
            let frame = Activation(slots: slots, parent: rendering.frame)
            return try rendering.within(frame) { () throws(TemplateError) in
                try body.run(value, depth: 0, recursion: recursion, rendering)
            }
        }
    }

    private mutating func loopBody(_ syntax: Statement.ForLoop, _ frame: Frame, _ function: FunctionScope?)
        throws(TemplateError) -> LoopBody
    {
        let inner = frame.inner(function: function)
        let otherwise = frame.inner(function: function)
        let usesLoop =
            syntax.isRecursive || UnassignedNames.among(["loop"], in: syntax.body).contains("loop")
        if usesLoop { inner.scope.declareParameter("loop") }
        inner.scope.analyze(syntax.target, asParameter: true)
        inner.scope.analyze(syntax.body)
        otherwise.scope.analyze(syntax.otherwise)
        let filter = try loopFilter(syntax, frame, function)
        return LoopBody(
            filter: filter, entry: entry(of: inner), loopSlot: usesLoop ? slot(of: "loop", inner) : nil,
            assign: try target(syntax.target, inner), body: try body(syntax.body, inner),
            otherwiseEntry: entry(of: otherwise), otherwise: try body(syntax.otherwise, otherwise), line: syntax.line)
    }

    /// The condition after `if` in the tag, which decides about an element before the body sees it.
    private mutating func loopFilter(_ syntax: Statement.ForLoop, _ frame: Frame, _ function: FunctionScope?)
        throws(TemplateError) -> LoopBody.Filter?
    {
        guard let condition = syntax.condition else { return nil }
        let outer = function.map { Frame(scope: Scope(parent: frame.scope, function: $0)) } ?? frame
        let own = FunctionScope(depth: outer.function.depth + 1)
        let inner = Frame(scope: Scope(parent: frame.scope, function: own))
        inner.scope.analyze(syntax.target, asParameter: true)
        inner.scope.analyze(condition)
        let entry = entry(of: inner)
        let (assign, test) = (try target(syntax.target, inner), try expression(condition, inner))
        let slots = own.count
        return { value, frame, rendering throws(TemplateError) in
            try rendering.nested(levels: 4) { () throws(TemplateError) in
                try rendering.within(Activation(slots: slots, parent: frame)) { () throws(TemplateError) in
                    entry.enter(rendering)
                    try assign(value, rendering)
                    return try test(rendering).isTrue
                }
            }
        }
    }
}

extension Rendering {
    /// Runs something with the variables of another function.
    func within<Result>(_ inner: Activation, _ body: () throws(TemplateError) -> Result)
        throws(TemplateError) -> Result
    {
        let outer = frame
        frame = inner
        defer { frame = outer }
        return try body()
    }
}

/// The compiled parts of a loop.
struct LoopBody: Sendable {
    typealias Filter = @Sendable (Value, Activation, Rendering) throws(TemplateError) -> Bool

    let filter: Filter?
    let entry: ScopeEntry
    /// Where the loop's state is, if the body uses it.
    let loopSlot: Int?
    let assign: Compiler.Assignment
    let body: Compiler.Execution
    let otherwiseEntry: ScopeEntry
    let otherwise: Compiler.Execution
    let line: Int

    func run(_ value: Value, depth: Int, recursion: LoopValue.Recursion?, _ rendering: Rendering)
        throws(TemplateError) -> Compiler.Flow
    {
        let state = LoopValue(
            try source(value, rendering), depth: depth, recursion: recursion,
            definition: recursion == nil ? nil : rendering.frame.parent)
        if try run(state, rendering) { return .normal }
        otherwiseEntry.enter(rendering)
        defer { otherwiseEntry.leave(rendering) }
        return try otherwise(rendering)
    }

    /// Runs the body for each element, and returns whether there was one.
    private func run(_ state: LoopValue, _ rendering: Rendering) throws(TemplateError) -> Bool {
        defer { entry.leave(rendering) }
        var hasRun = false
        while let item = try state.next() {
            hasRun = true
            rendering.line = line
            try rendering.count(steps: 1)
            entry.enter(rendering)
            if let loopSlot { rendering.frame.slots[loopSlot] = .object(state) }
            try assign(item, rendering)
            if try body(rendering) == .breaksLoop { break }
        }
        return hasRun
    }

    private func source(_ value: Value, _ rendering: Rendering) throws(TemplateError) -> IteratorValue.Source {
        let source = try rendering.source(of: value)
        guard let filter else { return source }
        let frame = rendering.frame
        return { () throws(TemplateError) in
            while let item = try source() {
                try rendering.count(steps: 1)
                if try filter(item, frame, rendering) { return item }
            }
            return nil
        }
    }
}
