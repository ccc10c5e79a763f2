import LayerSkip

/// Finds ids that several lines of a file have.
struct RepeatedIDs {
    private var lineOfID: [String: String] = [:]
    private var first: String?
    private var count = 0

    /// Takes a line's id, if it has one.
    ///
    /// - Parameter line: the line's name in notes.
    mutating func add(_ id: String?, on line: String) {
        guard let id else { return }
        guard let earlier = lineOfID[id] else {
            lineOfID[id] = line
            return
        }
        count += 1
        first = first ?? "\(line): the id \(id.harmless(limit: 60)) is that of \(earlier), too"
    }

    /// Notes for people.
    var notes: [String] {
        guard let first else { return [] }
        return [count > 1 ? "\(first); \(count) lines repeat an id" : first]
    }
}
