/// The names of one body of a template: where each is stored, and what it holds when the body begins.
///
/// Jinja decides this before a template runs. A name that a body assigns is the body's own everywhere in it, and is
/// then either a copy of the outer one, or a variable of the conversation if the body reads it first, or missing.
final class Scope {
    /// How often this body is within another one. Bodies side by side share their places.
    let level: Int
    let parent: Scope?
    let function: FunctionScope
    private(set) var places: [String: Place] = [:]
    private(set) var loads: [Place: Load] = [:]
    private(set) var stores: Set<String> = []

    /// Where a variable is: in which function, counted from the outermost, and in which slot of it.
    struct Place: Hashable {
        var function: Int
        var slot: Int
    }

    /// What a variable holds when its body begins.
    enum Load {
        case parameter
        case missing
        case copy(of: Place)
        case variable(String)
    }

    init(parent: Scope?, function: FunctionScope) {
        self.parent = parent
        self.function = function
        level = parent.map { $0.level + 1 } ?? 0
    }

    private init(copy scope: Scope) {
        (level, parent, function) = (scope.level, scope.parent, scope.function)
        (places, loads, stores) = (scope.places, scope.loads, scope.stores)
    }

    func place(of name: String) -> Place? { places[name] ?? parent?.place(of: name) }

    func declareParameter(_ name: String) {
        stores.insert(name)
        define(name, .parameter)
    }

    func load(_ name: String) {
        if place(of: name) == nil { define(name, .variable(name)) }
    }

    func store(_ name: String) {
        stores.insert(name)
        guard places[name] == nil else { return }
        define(name, parent?.place(of: name).map { .copy(of: $0) } ?? .missing)
    }

    /// Analyzes bodies of which at most one is run, each as if the others did not exist.
    func branches(_ bodies: [(Scope) -> Void]) {
        let branches = bodies.map { analyze in
            let branch = Scope(copy: self)
            analyze(branch)
            return branch
        }
        let added = branches.reduce(into: Set<String>()) { $0.formUnion($1.stores) }.subtracting(stores)
        for branch in branches {
            places.merge(branch.places) { $1 }
            loads.merge(branch.loads) { $1 }
            stores.formUnion(branch.stores)
        }
        for name in added {
            guard let place = place(of: name) else { continue }
            loads[place] = parent?.place(of: name).map { .copy(of: $0) } ?? .variable(name)
        }
    }

    private func define(_ name: String, _ load: Load) {
        let place = function.place(of: name, level: level)
        places[name] = place
        loads[place] = load
    }
}

/// The slots of a macro, of a call block, or of the template itself.
final class FunctionScope {
    let depth: Int
    private(set) var count = 0
    private var slots: [String: Int] = [:]

    init(depth: Int) { self.depth = depth }

    func place(of name: String, level: Int) -> Scope.Place {
        let key = "\(level) \(name)"
        if let slot = slots[key] { return Scope.Place(function: depth, slot: slot) }
        slots[key] = count
        count += 1
        return Scope.Place(function: depth, slot: count - 1)
    }
}
