/// The state of a loop, which its body reads as `loop`.
final class LoopValue: TemplateObject {
    /// What a recursive loop runs when it is called.
    struct Recursion: Sendable {
        var body: LoopBody
        var slots: Int
        /// How deep its statements and expressions are within each other.
        var levels: Int
    }

    private let source: IteratorValue.Source
    private let depth: Int
    private let recursion: Recursion?
    /// The number of elements, once it was asked for.
    private var knownLength: Int?
    private var index = -1
    /// Elements taken from the source before the loop reached them.
    private var ahead: [Value] = []
    private var aheadStart = 0
    private var isExhausted = false
    private var previous: Value?
    private var current: Value?
    private var lastChanged: [Value]?

    /// The variables around a recursive loop.
    private let definition: Activation?

    init(_ source: @escaping IteratorValue.Source, depth: Int, recursion: Recursion?, definition: Activation?) {
        (self.source, self.depth, self.recursion, self.definition) = (source, depth, recursion, definition)
    }

    override var typeName: String { "LoopContext" }
    override var isCallable: Bool { true }

    /// The next element, which becomes the current one.
    func next() throws(TemplateError) -> Value? {
        guard let item = try peek() else { return nil }
        aheadStart += 1
        index += 1
        (previous, current) = (current, item)
        return item
    }

    private func peek() throws(TemplateError) -> Value? {
        if aheadStart == ahead.count {
            ahead.removeAll(keepingCapacity: true)
            aheadStart = 0
            if !isExhausted { try take() }
        }
        return aheadStart < ahead.count ? ahead[aheadStart] : nil
    }

    func length(_ rendering: Rendering) throws(TemplateError) -> Int {
        if let knownLength { return knownLength }
        while !isExhausted {
            try rendering.count(steps: 1)
            try take()
        }
        let length = index + 1 + ahead.count - aheadStart
        knownLength = length
        return length
    }

    private func take() throws(TemplateError) {
        if let item = try source() { ahead.append(item) } else { isExhausted = true }
    }

    /// The elements that the loop has not reached.
    func remaining(_ rendering: Rendering) throws(TemplateError) -> [Value] {
        throw rendering.unsupported("going through loop itself")
    }

    override func attribute(_ name: String, _ rendering: Rendering) throws(TemplateError) -> Value? {
        switch name {
        case "index": return .integer(index + 1)
        case "index0": return .integer(index)
        case "first": return .bool(index == 0)
        case "last": return .bool(try peek() == nil)
        case "length": return .integer(try length(rendering))
        case "revindex": return .integer(try length(rendering) - index)
        case "revindex0": return .integer(try length(rendering) - index - 1)
        case "depth": return .integer(depth + 1)
        case "depth0": return .integer(depth)
        case "previtem": return previous ?? .undefined(Undefined(message: "the item before the first"))
        case "nextitem": return try peek() ?? .undefined(Undefined(message: "the item after the last"))
        case "cycle": return .object(FunctionValue("cycle", cycle))
        case "changed": return .object(FunctionValue("changed", changed))
        default: return nil
        }
    }

    private func cycle(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        guard !arguments.positional.isEmpty, arguments.named.isEmpty else {
            throw rendering.failure(expected: "values to cycle through", found: "none")
        }
        return arguments.positional[index % arguments.positional.count]
    }

    private func changed(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        let values = arguments.positional
        if let lastChanged, lastChanged.count == values.count {
            var isEqual = true
            for (old, new) in zip(lastChanged, values) where try !rendering.areEqual(old, new) { isEqual = false }
            if isEqual { return .bool(false) }
        }
        lastChanged = values
        return .bool(true)
    }

    override func call(_ arguments: Arguments, _ rendering: Rendering) throws(TemplateError) -> Value {
        guard let recursion else {
            throw rendering.failure(expected: "a loop marked as recursive", found: "one that is not")
        }
        let value = try arguments.bound(to: ["iterable"], required: 1, of: "loop", rendering)[0] ?? .none
        let frame = Activation(slots: recursion.slots, parent: definition)
        return try rendering.nested(levels: recursion.levels) { () throws(TemplateError) in
            .text(
                try rendering.captured { () throws(TemplateError) in
                    _ = try rendering.within(frame) { () throws(TemplateError) in
                        try recursion.body.run(value, depth: depth + 1, recursion: recursion, rendering)
                    }
                })
        }
    }
}
