import TensorCore

extension ProcessGroup {
    /// Runs a function in all processes. If it fails in one of them, it fails in all.
    ///
    /// - Throws: ``SharedError`` with the error of the first process that has one. A process that works alone throws its
    ///   error as it is.
    package func together<Result>(_ body: () throws -> Result) throws -> Result {
        if size == 1 { return try body() }
        let result = Swift.Result(catching: body)
        var own = ""
        if case .failure(let error) = result { own = "\(error)" }
        let errors = try collect(own)
        if let failed = errors.firstIndex(where: { !$0.isEmpty }) {
            throw SharedError((failed == 0 ? "" : "process \(failed): ") + errors[failed])
        }
        return try result.get()
    }

    /// Runs a function in process 0, which prepares files that the others read, and then in the others.
    package func firstAlone<Result>(_ body: () throws -> Result) throws -> Result {
        let first = try together { try rank == 0 ? body() : nil }
        let rest = try together { try rank == 0 ? nil : body() }
        guard let result = first ?? rest else { preconditionFailure("one of them has run") }
        return result
    }

    /// Checks that named values are the same in all processes.
    ///
    /// - Throws: ``SharedError`` that names the first difference.
    package func check(_ facts: [(name: String, value: String)]) throws {
        if size == 1 { return }
        let hosts = try collect(host)
        // Values may contain anything, so they are compared one by one.
        let counts = try collect("\(facts.count)")
        let names = try collect(facts.map(\.name).joined(separator: "\n"))
        for process in 1..<size where counts[process] != counts[0] || names[process] != names[0] {
            throw difference("the settings", names[0], names[process], process, hosts)
        }
        for fact in facts {
            let values = try collect(fact.value)
            for process in 1..<size where values[process] != values[0] {
                throw difference(fact.name, values[0], values[process], process, hosts)
            }
        }
    }

    private func difference(
        _ name: String, _ expected: String, _ found: String, _ process: Int, _ hosts: [String]
    ) -> SharedError {
        SharedError(
            "\(name): expected \(expected) in all processes, as in process 0 (\(hosts[0])), found \(found) in process "
                + "\(process) (\(hosts[process])); start all processes with the same program, recipe and data")
    }

    /// The number of processes that share this one's computer and processors.
    ///
    /// - Parameter processors: describes the processors that this process may run on.
    package func processesSharing(_ processors: String) throws(ProcessGroupError) -> Int {
        let own = "\(host) \(processors)"
        return try collect(own).count { $0 == own }
    }
}

/// An error that all processes know, so that one of them can report it for all.
package struct SharedError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
