/// The state of a template while it is rendered: variables, what has been used of the limits, and the current line.
final class Rendering {
    let limits: TemplateLimits
    let globals: [String: Value]
    let now: TemplateDate?
    /// The line of the statement or the operation that is evaluated, for errors.
    var line = 1
    /// The variables of the macro that is called, or of the template itself.
    var frame: Activation
    /// The text written so far by the innermost body whose text is captured.
    var output = MarkedText.empty
    private var steps = 0
    private var depth = 0
    /// Objects that may refer to each other in circles, which are cut when rendering ends.
    private var namespaces: [NamespaceValue] = []
    private var frames: [Activation] = []

    init(globals: [String: Value], limits: TemplateLimits, now: TemplateDate?, slots: Int) {
        self.globals = globals
        self.limits = limits
        self.now = now
        frame = Activation(slots: slots, parent: nil)
        frames = [frame]
    }

    func failure(expected: String, found: String) -> TemplateError {
        .failed(line: line, expected: expected, found: found)
    }

    func failure(undefined: Undefined) -> TemplateError {
        .failed(line: line, expected: "a value", found: undefined.message)
    }

    func unsupported(_ found: String) -> TemplateError { .unsupported(line: line, found: found) }

    /// Counts work before it is done.
    func count(steps count: Int) throws(TemplateError) {
        steps &+= count
        guard steps <= limits.steps else {
            throw .limitExceeded(line: line, what: "steps of a template", limit: limits.steps)
        }
    }

    /// Counts a text of this many bytes before it is made.
    func count(bytes: Int) throws(TemplateError) {
        guard bytes <= limits.textBytes else {
            throw .limitExceeded(line: line, what: "bytes of text", limit: limits.textBytes)
        }
        try count(steps: 1 + bytes / 16)
    }

    /// Counts a text of this many bytes before its characters are looked at one by one.
    func count(characters bytes: Int) throws(TemplateError) {
        try count(bytes: bytes)
        try count(steps: bytes / 2)
    }

    /// Counts elements before a list of them is made.
    func count(elements: Int) throws(TemplateError) {
        guard elements <= limits.elements else {
            throw .limitExceeded(line: line, what: "elements of a list", limit: limits.elements)
        }
        try count(steps: 1 + elements)
    }

    /// Runs something that uses the stack for this many levels of statements and expressions within each other.
    func nested<Result>(levels: Int = 1, _ body: () throws(TemplateError) -> Result) throws(TemplateError) -> Result {
        try enter(levels: levels)
        defer { depth -= levels }
        return try body()
    }

    private func enter(levels: Int) throws(TemplateError) {
        guard depth + levels <= limits.depth else {
            throw .limitExceeded(line: line, what: "calls and expressions within each other", limit: limits.depth)
        }
        depth += levels
    }

    /// Counts the use of the stack for the elements of a list or a dictionary.
    func enterValue() throws(TemplateError) { try enter(levels: Self.levelsOfValue) }

    func leaveValue() { depth -= Self.levelsOfValue }

    private static let levelsOfValue = 2

    /// Runs something and returns the text that it writes.
    func captured(_ body: () throws(TemplateError) -> Void) throws(TemplateError) -> MarkedText {
        let outer = output
        output = .empty
        defer { output = outer }
        try body()
        return output
    }

    func write(_ text: MarkedText) throws(TemplateError) {
        guard output.size + text.size <= limits.textBytes else {
            throw .limitExceeded(line: line, what: "bytes of text", limit: limits.textBytes)
        }
        try count(steps: 1 + text.bytes.count / 16)
        output.append(text)
    }

    func register(_ namespace: NamespaceValue) { namespaces.append(namespace) }

    /// Remembers a frame that a macro refers to, once.
    func register(_ frame: Activation) {
        guard !frame.isRegistered else { return }
        frame.isRegistered = true
        frames.append(frame)
    }

    /// Cuts the circles among objects, so that their memory is freed, without deep recursion.
    func end() {
        for frame in frames { frame.slots = [] }
        for namespace in namespaces { namespace.members = [:] }
    }
}

/// The variables of the template or of one call of a macro.
final class Activation {
    var slots: [Value?]
    let parent: Activation?
    var isRegistered = false

    init(slots: Int, parent: Activation?) {
        self.slots = Array(repeating: nil, count: slots)
        self.parent = parent
    }
}
