/// Turns the syntax of a template into functions that evaluate it. Every variable then has a place, and unknown filters
/// and tests are found before the template is used.
struct Compiler {
    typealias Evaluation = @Sendable (Rendering) throws(TemplateError) -> Value
    typealias Execution = @Sendable (Rendering) throws(TemplateError) -> Flow

    /// The variables of the conversation that the template reads.
    private(set) var variables: Set<String> = []
    /// Whether the template has `{% generation %}`.
    var marksGeneration = false

    /// Where the expression or statement is that is compiled.
    struct Frame {
        var scope: Scope
        /// Whether it may not be reached, as in a branch of a condition, where Jinja reports unknown filters only when
        /// they are used.
        var isConditional = false

        var function: FunctionScope { scope.function }

        func inner(function: FunctionScope? = nil) -> Frame {
            Frame(scope: Scope(parent: scope, function: function ?? scope.function))
        }

        var conditional: Frame { Frame(scope: scope, isConditional: true) }
    }

    /// How a statement ended.
    enum Flow { case normal, breaksLoop, continuesLoop }

    mutating func template(_ body: [Statement]) throws(TemplateError) -> (run: Execution, slots: Int) {
        let frame = Frame(scope: Scope(parent: nil, function: FunctionScope(depth: 0)))
        frame.scope.analyze(body)
        let entry = entry(of: frame)
        let run = try self.body(body, frame)
        return (
            { rendering throws(TemplateError) in
                entry.enter(rendering)
                return try run(rendering)
            }, frame.function.count
        )
    }

    /// What happens when a body begins and ends.
    mutating func entry(of frame: Frame) -> ScopeEntry {
        var entry = ScopeEntry(resets: frame.scope.loads.keys.map(\.slot))
        for (place, load) in frame.scope.loads {
            switch load {
            case .parameter: continue
            case .missing: entry.loads.append((place.slot, .missing))
            case .copy(let outer):
                entry.loads.append((place.slot, .copy(hops: place.function - outer.function, slot: outer.slot)))
            case .variable(let name):
                if !Globals.names.contains(name) { variables.insert(name) }
                entry.loads.append((place.slot, .variable(name)))
            }
        }
        return entry
    }

    mutating func body(_ statements: [Statement], _ frame: Frame) throws(TemplateError) -> Execution {
        var compiled: [Execution] = []
        for item in statements { compiled.append(try statement(item, frame)) }
        let executions = compiled
        return { rendering throws(TemplateError) in
            for execution in executions {
                let flow = try execution(rendering)
                if flow != .normal { return flow }
            }
            return .normal
        }
    }
}

/// What happens to the variables of a body when it begins and ends.
struct ScopeEntry: Sendable {
    enum Load: Sendable {
        case missing
        case copy(hops: Int, slot: Int)
        case variable(String)
    }

    var loads: [(slot: Int, load: Load)] = []
    var resets: [Int]

    init(resets: [Int]) { self.resets = resets }

    func enter(_ rendering: Rendering) {
        for (slot, load) in loads {
            switch load {
            case .missing: rendering.frame.slots[slot] = nil
            case .copy(let hops, let outer): rendering.frame.slots[slot] = rendering.frame.outer(hops).slots[outer]
            case .variable(let name): rendering.frame.slots[slot] = rendering.globals[name]
            }
        }
    }

    func leave(_ rendering: Rendering) {
        for slot in resets { rendering.frame.slots[slot] = nil }
    }
}

extension Activation {
    func outer(_ hops: Int) -> Activation {
        var frame = self
        for _ in 0..<hops {
            guard let parent = frame.parent else { preconditionFailure("A variable's function is not around its use.") }
            frame = parent
        }
        return frame
    }
}
