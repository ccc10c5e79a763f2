import LayerSkip

/// The items of a task's file, all of one kind.
struct TaskItems {
    let all: [TaskItem]
    /// Notes for people.
    let notes: [String]

    /// Reads the items.
    ///
    /// - Parameter limit: the most items; nil for all.
    /// - Throws: if a line is not an item, the items are of several kinds, or there is none.
    init(_ input: borrowing TextInput, limit: Int?) throws {
        let lines = InputLines(
            limit: ReadingLimit(byteCount: 16 << 20), expected: "an item of a task",
            longerLine: "a line of more than \(16 << 20) bytes")
        var items: [TaskItem] = []
        var ids = RepeatedIDs()
        try lines.read(input) { line, name in
            guard items.count < limit ?? .max else { return }
            let item = try TaskItem(json: line, name: name)
            if let first = items.first, first.answer.kind != item.answer.kind {
                throw InputError(
                    name: name, expected: "\(first.answer.kind), as in the first line", found: item.answer.kind)
            }
            ids.add(item.id.map { "\($0)" }, on: name)
            items.append(item)
        }
        guard !items.isEmpty else {
            throw InputError(
                name: input.name, expected: "at least one item, such as {\"question\": \"...\", \"answer\": \"...\"}",
                found: "none")
        }
        all = items
        notes = ids.notes
    }
}
