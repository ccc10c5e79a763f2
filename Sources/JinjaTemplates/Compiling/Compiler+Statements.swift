extension Compiler {
    mutating func statement(_ statement: Statement, _ frame: Frame) throws(TemplateError) -> Execution {
        switch statement {
        case .data(let bytes): data(bytes)
        case .output(let value, let line): try output(value, line, frame)
        case .loop(let syntax): try loop(syntax, frame)
        case .condition(let branches, let otherwise, let line): try condition(branches, otherwise, line, frame)
        case .assignment(let target, let value, let line): try assignment(target, value, line, frame)
        case .blockAssignment(let target, let filters, let body, let line):
            try blockAssignment(target, filters, body, line, frame)
        case .macro(let name, let signature, let body, let levels, let line):
            try macroDefinition(name, signature, body, levels, line, frame)
        case .callBlock(let signature, let call, let body, let levels, let line):
            try callBlock(signature, call, body, levels, line, frame)
        case .filterBlock(let filters, let body, let line): try filterBlock(filters, body, line, frame)
        case .with(let assignments, let body, let line): try with(assignments, body, line, frame)
        case .generation(let body, _): try generation(body, frame)
        case .breakLoop: { _ throws(TemplateError) in .breaksLoop }
        case .continueLoop: { _ throws(TemplateError) in .continuesLoop }
        }
    }

    private func data(_ bytes: [UInt8]) -> Execution {
        let text = MarkedText(bytes)
        return { rendering throws(TemplateError) in
            try rendering.write(text)
            return .normal
        }
    }

    private mutating func output(_ value: Expression, _ line: Int, _ frame: Frame) throws(TemplateError) -> Execution {
        let evaluate = try expression(value, frame)
        return { rendering throws(TemplateError) in
            rendering.line = line
            try rendering.write(try rendering.text(try evaluate(rendering)))
            return .normal
        }
    }

    private mutating func condition(
        _ branches: [(condition: Expression, body: [Statement])], _ otherwise: [Statement], _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Execution {
        var compiled: [(Evaluation, Execution)] = []
        for (condition, body) in branches {
            let inner = frame.conditional
            compiled.append((try expression(condition, inner), try self.body(body, inner)))
        }
        let (conditions, otherwise) = (compiled, try body(otherwise, frame.conditional))
        return { rendering throws(TemplateError) in
            rendering.line = line
            try rendering.count(steps: 1)
            for (condition, body) in conditions where try condition(rendering).isTrue { return try body(rendering) }
            return try otherwise(rendering)
        }
    }

    private mutating func assignment(_ target: Target, _ value: Expression, _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Execution
    {
        let (evaluate, assign) = (try expression(value, frame), try self.target(target, frame))
        return { rendering throws(TemplateError) in
            rendering.line = line
            try rendering.count(steps: 1)
            try assign(try evaluate(rendering), rendering)
            return .normal
        }
    }

    private mutating func blockAssignment(
        _ target: Target, _ filters: [Expression.Link], _ body: [Statement], _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Execution {
        let inner = frame.inner()
        inner.scope.analyze(body)
        inner.scope.analyze(filters)
        let captured = try captured(body, filters, line, inner)
        let assign = try self.target(target, frame)
        return { rendering throws(TemplateError) in
            try assign(.text(try captured(rendering).text), rendering)
            return .normal
        }
    }

    private mutating func filterBlock(_ filters: [Expression.Link], _ body: [Statement], _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Execution
    {
        let inner = frame.inner()
        inner.scope.analyze(body)
        inner.scope.analyze(filters)
        let captured = try captured(body, filters, line, inner)
        return { rendering throws(TemplateError) in
            let (text, flow) = try captured(rendering)
            if flow == .normal { try rendering.write(text) }
            return flow
        }
    }

    /// A body whose text goes through filters. If it ends the loop around it, its text is lost, as in Jinja.
    private mutating func captured(_ body: [Statement], _ filters: [Expression.Link], _ line: Int, _ frame: Frame)
        throws(TemplateError) -> @Sendable (Rendering) throws(TemplateError) -> (text: MarkedText, flow: Flow)
    {
        let entry = entry(of: frame)
        let (run, links) = (try self.body(body, frame), try self.links(filters, frame))
        return { rendering throws(TemplateError) in
            rendering.line = line
            entry.enter(rendering)
            defer { entry.leave(rendering) }
            var flow = Flow.normal
            let text = try rendering.captured { () throws(TemplateError) in flow = try run(rendering) }
            guard flow == .normal else { return (text, flow) }
            var value = Value.text(text)
            for link in links { value = try link(value, rendering) }
            return (try rendering.text(value), flow)
        }
    }

    private mutating func with(
        _ assignments: [(target: Target, value: Expression)], _ body: [Statement], _ line: Int, _ frame: Frame
    ) throws(TemplateError) -> Execution {
        let inner = frame.inner()
        for assignment in assignments { inner.scope.analyze(assignment.target, asParameter: true) }
        inner.scope.analyze(body)
        let entry = entry(of: inner)
        var compiled: [(Evaluation, Assignment)] = []
        for (target, value) in assignments {
            compiled.append((try expression(value, frame), try self.target(target, inner)))
        }
        let (parts, run) = (compiled, try self.body(body, inner))
        return { rendering throws(TemplateError) in
            rendering.line = line
            entry.enter(rendering)
            defer { entry.leave(rendering) }
            for (evaluate, assign) in parts { try assign(try evaluate(rendering), rendering) }
            return try run(rendering)
        }
    }

    private mutating func generation(_ body: [Statement], _ frame: Frame) throws(TemplateError) -> Execution {
        marksGeneration = true
        let inner = frame.inner()
        inner.scope.analyze(body)
        let entry = entry(of: inner)
        let run = try self.body(body, inner)
        return { rendering throws(TemplateError) in
            entry.enter(rendering)
            defer { entry.leave(rendering) }
            let text = try rendering.captured { () throws(TemplateError) in _ = try run(rendering) }
            try rendering.write(text.marked(.generated))
            return .normal
        }
    }
}
