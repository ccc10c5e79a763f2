extension Compiler {
    typealias Assignment = @Sendable (Value, Rendering) throws(TemplateError) -> Void

    mutating func target(_ target: Target, _ frame: Frame) throws(TemplateError) -> Assignment {
        switch target {
        case .name(let name): return nameTarget(name, frame)
        case .attribute(let object, let name, let line): return try attributeTarget(object, name, line, frame)
        case .tuple(let targets): return try tupleTarget(targets, frame)
        }
    }

    /// The slot of a name that the body of this frame assigns.
    func slot(of name: String, _ frame: Frame) -> Int {
        guard let place = frame.scope.place(of: name), place.function == frame.function.depth else {
            preconditionFailure("A name that is assigned has a place in its own function.")
        }
        return place.slot
    }

    private func nameTarget(_ name: String, _ frame: Frame) -> Assignment {
        let slot = slot(of: name, frame)
        return { value, rendering throws(TemplateError) in rendering.frame.slots[slot] = value }
    }

    private func attributeTarget(_ object: String, _ name: String, _ line: Int, _ frame: Frame)
        throws(TemplateError) -> Assignment
    {
        let read = try self.name(object, line, frame)
        return { value, rendering throws(TemplateError) in
            let object = try read(rendering)
            guard case .object(let namespace as NamespaceValue) = object else {
                throw rendering.failure(expected: "a namespace to assign \(name) in", found: object.typeName)
            }
            try namespace.set(name, value, rendering)
        }
    }

    private mutating func tupleTarget(_ targets: [Target], _ frame: Frame) throws(TemplateError) -> Assignment {
        var compiled: [Assignment] = []
        for target in targets { compiled.append(try self.target(target, frame)) }
        let assignments = compiled
        return { value, rendering throws(TemplateError) in
            let items = try rendering.items(of: value)
            guard items.count == assignments.count else {
                throw rendering.failure(expected: "\(assignments.count) values to assign", found: "\(items.count)")
            }
            for (assign, item) in zip(assignments, items) { try assign(item, rendering) }
        }
    }
}
