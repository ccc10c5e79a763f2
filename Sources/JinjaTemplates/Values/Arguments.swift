/// The arguments of a call.
struct Arguments {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []

    /// The argument of each parameter, or nil where there is none.
    ///
    /// - Parameters:
    ///   - parameters: names; one that begins with "/" cannot be given by name.
    ///   - required: the number of parameters, from the first, that must be given.
    func bound(to parameters: [String], required: Int, of callee: String, _ rendering: Rendering)
        throws(TemplateError) -> [Value?]
    {
        guard positional.count <= parameters.count else {
            throw rendering.failure(
                expected: "at most \(parameters.count) arguments of \(callee)", found: "\(positional.count)")
        }
        var values: [Value?] = positional
        values += Array(repeating: nil, count: parameters.count - positional.count)
        for (name, value) in named {
            guard let place = parameters.firstIndex(of: name) else {
                throw rendering.failure(expected: "an argument that \(callee) has", found: name)
            }
            guard values[place] == nil else {
                throw rendering.failure(expected: "one argument \(name) of \(callee)", found: "two")
            }
            values[place] = value
        }
        for place in 0..<required where values[place] == nil {
            let name = parameters[place].drop { $0 == "/" }
            throw rendering.failure(expected: "an argument \(name) of \(callee)", found: "none")
        }
        return values
    }
}
