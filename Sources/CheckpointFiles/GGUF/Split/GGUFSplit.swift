/// What a part of a split GGUF file states about the split, checked against the part's name.
struct GGUFSplit: Sendable {
    /// The name of the part.
    let name: GGUFPartName
    /// The number of tensors in all parts.
    let tensorCount: Int

    /// The keys in the metadata of each part. All but `id` are llama.cpp's.
    enum Key {
        /// The number of the part, from 0.
        static let number = "split.no"
        static let count = "split.count"
        static let tensorCount = "split.tensors.count"
        /// Equal in the parts of one export; only this package writes it.
        static let id = "layerskip.split.id"

        static let all = [number, count, tensorCount, id]
    }

    /// Reads the keys of a part; nil if a file is not split, or was joined by llama-gguf-split, which sets the count
    /// to 0.
    ///
    /// - Throws: if a key is missing or out of range, or the file does not have the name of the part.
    init?(_ metadata: GGUFMetadata) throws(CheckpointError) {
        guard let count = try metadata.integerIfPresent(named: Key.count, in: 0...GGUFPartName.mostParts), count > 1
        else { return nil }
        let number = try metadata.integer(named: Key.number, in: 0...count - 1) + 1
        tensorCount = try metadata.integer(named: Key.tensorCount, in: 0...GGUFLimits.tensorCount)
        guard let name = GGUFPartName(metadata.file), name.number == number, name.count == count else {
            let suffix = GGUFPartName(prefix: "", number: number, count: count).suffix
            throw CheckpointError(
                file: metadata.file, expected: "a name that ends with \(suffix.quoted), as part \(number) of \(count)",
                found: "another name, so the other parts cannot be found; give all parts their original names")
        }
        self.name = name
    }
}

extension GGUFMetadata {
    /// The metadata of the model, without the keys that say how its file is split.
    var withoutSplit: GGUFMetadata {
        var result = self
        for key in GGUFSplit.Key.all { result[key] = nil }
        return result
    }

    /// Checks that a file is split as a later part says, so that a whole file with the first part's name is not taken
    /// for the model.
    func check(asFirstOf split: GGUFSplit) throws(CheckpointError) {
        let count = try integerIfPresent(named: GGUFSplit.Key.count) ?? 0
        guard count != split.name.count else { return }
        throw CheckpointError(
            file: file,
            expected: "the first part of the split model (split.count \(split.name.count), as in \(split.name.path))",
            found: count > 1 ? "split.count \(count)" : "a file that is not split")
    }

    /// Checks that a file is a later part of a split that the first part begins.
    ///
    /// Usual parts have no keys but those of the split. One that has must agree with the first.
    ///
    /// - Throws: if it is another part, or belongs to another model or another export.
    func check(asPart name: GGUFPartName, of first: GGUFMetadata) throws(CheckpointError) {
        let number = try integer(named: GGUFSplit.Key.number)
        guard number == name.number - 1 else {
            throw failure(GGUFSplit.Key.number, expected: "\(name.number - 1), as its name says", found: "\(number)")
        }
        for key in GGUFSplit.Key.all + keys where key != GGUFSplit.Key.number && self[key] != first[key] {
            var (expected, found) = (first[key].summary, self[key].summary)
            if expected == found { (expected, found) = (first[key].typedSummary, self[key].typedSummary) }
            if expected == found { found = "another one" }
            throw failure(
                key, expected: "\(expected), as in \(first.file)",
                found: "\(found), so it is a part of another model or another export; replace it by the right part")
        }
    }
}

extension GGUFValue? {
    /// The value for a message.
    fileprivate var summary: String {
        switch self {
        case nil: "no such key"
        case .string(let text): text.quoted
        case .bool(let truth): "\(truth)"
        case .uint8(let number): "\(number)"
        case .int8(let number): "\(number)"
        case .uint16(let number): "\(number)"
        case .int16(let number): "\(number)"
        case .uint32(let number): "\(number)"
        case .int32(let number): "\(number)"
        case .uint64(let number): "\(number)"
        case .int64(let number): "\(number)"
        case .float32(let number): "\(number)"
        case .float64(let number): "\(number)"
        case let value?: value.typeDescription
        }
    }

    /// The value with its type, for a message with another value that reads the same.
    fileprivate var typedSummary: String {
        switch self {
        case nil, .some(.array): summary
        case let value?: "\(summary) of type \(value.type)"
        }
    }
}
