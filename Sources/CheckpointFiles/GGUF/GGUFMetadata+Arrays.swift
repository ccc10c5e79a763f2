extension GGUFMetadata {
    /// An array of strings, such as a vocabulary.
    ///
    /// - Throws: if the key is missing or is not an array of strings.
    package func strings(named key: String) throws(CheckpointError) -> [String] {
        try required(key, "an array of strings", try stringsIfPresent(named: key))
    }

    /// Like ``strings(named:)``, but nil if the key is missing.
    package func stringsIfPresent(named key: String) throws(CheckpointError) -> [String]? {
        switch self[key] {
        case .array(.strings(let strings)): return strings
        case nil: return nil
        case let value?: throw failure(key, expected: "an array of strings", found: value.typeDescription)
        }
    }

    /// An array of integers of any width.
    ///
    /// - Throws: if the key is missing, is not an array of integers, or holds one that Int cannot represent.
    package func integers(named key: String) throws(CheckpointError) -> [Int] {
        try required(key, "an array of integers", try integersIfPresent(named: key))
    }

    /// Like ``integers(named:)``, but nil if the key is missing.
    package func integersIfPresent(named key: String) throws(CheckpointError) -> [Int]? {
        switch self[key] {
        case .array(.uint8s(let numbers)): return numbers.map { Int($0) }
        case .array(.int8s(let numbers)): return numbers.map { Int($0) }
        case .array(.uint16s(let numbers)): return numbers.map { Int($0) }
        case .array(.int16s(let numbers)): return numbers.map { Int($0) }
        case .array(.uint32s(let numbers)): return numbers.map { Int($0) }
        case .array(.int32s(let numbers)): return numbers.map { Int($0) }
        case .array(.int64s(let numbers)): return numbers.map { Int($0) }
        case .array(.uint64s(let numbers)):
            if let tooLarge = numbers.first(where: { $0 > UInt64(Int.max) }) {
                throw failure(key, expected: "integers of at most \(Int.max)", found: "\(tooLarge)")
            }
            return numbers.map { Int($0) }
        case nil: return nil
        case let value?: throw failure(key, expected: "an array of integers", found: value.typeDescription)
        }
    }

    /// An array of single-precision numbers, such as a vocabulary's scores; doubles are rounded.
    ///
    /// - Throws: if the key is missing or is not an array of floating-point numbers.
    package func floats(named key: String) throws(CheckpointError) -> [Float] {
        try required(key, "an array of floats", try floatsIfPresent(named: key))
    }

    /// Like ``floats(named:)``, but nil if the key is missing.
    package func floatsIfPresent(named key: String) throws(CheckpointError) -> [Float]? {
        switch self[key] {
        case .array(.float32s(let numbers)): return numbers
        case .array(.float64s(let numbers)): return numbers.map { Float($0) }
        case nil: return nil
        case let value?: throw failure(key, expected: "an array of floats", found: value.typeDescription)
        }
    }
}
