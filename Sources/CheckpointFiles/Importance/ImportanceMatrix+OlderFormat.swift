extension ImportanceMatrix {
    /// Reads the format that `llama-imatrix` wrote before GGUF, in files that are called `.dat`:
    ///
    ///     number of entries | for each: length, name, calls, count, mean squares * calls | chunks, length, dataset
    ///
    /// All integers have 32 bits. The last three parts may be missing. The format has no number that identifies it.
    ///
    /// - Parameter otherKind: what the file seems to be if it does not begin as the format does.
    init(_ cursor: inout ByteCursor, otherwise otherKind: String) throws(CheckpointError) {
        // An entry takes at least a length, calls, a count and one value.
        let (count, largest) = (Int(try cursor.number("number of entries", as: Int32.self)), cursor.remaining / 16)
        guard count <= largest, count >= 0 else {
            throw cursor.failure("", expected: Self.kind, found: otherKind)
        }
        guard count > 0 else { throw Self.isEmpty(cursor.file) }
        var entries: [String: Entry] = [:]
        for index in 0..<count {
            let name = try cursor.shortText("name of entry number \(index)")
            func what() -> String { "importance of \(name.quoted)" }
            let calls = try cursor.number(what(), as: Int32.self)
            let columns = try cursor.number(what(), as: Int32.self)
            guard calls >= 0, columns > 0 else {
                throw cursor.failure(
                    what(), expected: "a number of calls and a number of columns", found: "\(calls) and \(columns)")
            }
            let values: [Float] = try cursor.numbers(count: Int(columns), what())
            // Without calls, the values are the mean squares themselves.
            let entry = try Entry(checking: values, count: max(1, Int(calls)), of: name, file: cursor.file)
            guard entries.updateValue(entry, forKey: name) == nil else {
                throw cursor.failure(what(), expected: "one entry", found: "another")
            }
        }
        var (chunks, dataset) = (0, "")
        if cursor.remaining > 0 {
            chunks = Int(try cursor.number("number of chunks", as: Int32.self))
            dataset = try cursor.shortText("name of the dataset")
        }
        guard cursor.remaining == 0 else {
            throw cursor.failure(
                "", expected: "the end of the file after the name of the dataset, at offset \(cursor.offset)",
                found: "\(cursor.remaining.counted("byte")) more; the file is damaged, or in another format")
        }
        self.init(
            name: cursor.file, path: cursor.file, datasets: dataset.isEmpty ? [] : [dataset], chunkSize: 0,
            chunkCount: max(0, chunks),
            entries)
    }
}

extension ByteCursor {
    /// Reads a 32-bit length and that many bytes of UTF-8.
    fileprivate mutating func shortText(_ what: @autoclosure () -> String) throws(CheckpointError) -> String {
        let length = try number(what(), as: Int32.self)
        guard (0...4096).contains(length) else {
            throw failure(what(), expected: "a length of 0...4096 bytes", found: "\(length)")
        }
        let bytes: [UInt8] = try numbers(count: Int(length), what())
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure(what(), expected: "valid UTF-8", found: String(decoding: bytes, as: UTF8.self).quoted)
        }
        return text
    }
}
