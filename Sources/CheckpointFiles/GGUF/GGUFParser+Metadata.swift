extension GGUFParser {
    mutating func metadataEntry(_ index: Int) throws(CheckpointError) {
        // The spec allows keys of 65535 bytes.
        let key = try cursor.identifier(limit: 65535, "metadata key number \(index)")
        guard result.metadata[key] == nil else {
            throw result.metadata.failure(key, expected: "a unique key", found: "a duplicate")
        }
        result.metadata[key] = try value(of: key)
    }

    private mutating func value(of key: String) throws(CheckpointError) -> GGUFValue {
        func what() -> String { "metadata key \(key.quoted)" }
        switch try valueType(what) {
        case .uint8: return .uint8(try cursor.number(what()))
        case .int8: return .int8(try cursor.number(what()))
        case .uint16: return .uint16(try cursor.number(what()))
        case .int16: return .int16(try cursor.number(what()))
        case .uint32: return .uint32(try cursor.number(what()))
        case .int32: return .int32(try cursor.number(what()))
        case .float32: return .float32(try cursor.number(what()))
        case .bool: return .bool(try bools(count: 1, what)[0])
        case .string: return .string(try cursor.string(what()))
        case .array: return .array(try array(depth: 1, what))
        case .uint64: return .uint64(try cursor.number(what()))
        case .int64: return .int64(try cursor.number(what()))
        case .float64: return .float64(try cursor.number(what()))
        }
    }

    private mutating func valueType(_ what: () -> String) throws(CheckpointError) -> GGUFValueType {
        let number = try cursor.number(what(), as: UInt32.self)
        guard let type = GGUFValueType(rawValue: number) else {
            throw cursor.failure(what(), expected: "a value type in 0...12", found: "\(number)")
        }
        return type
    }

    private mutating func array(depth: Int, _ what: () -> String) throws(CheckpointError) -> GGUFArray {
        // No known writer nests arrays; the limit keeps a hostile file from exhausting the stack.
        guard depth <= 8 else {
            throw cursor.failure(what(), expected: "arrays nested at most 8 deep", found: "deeper ones")
        }
        let type = try valueType(what)
        let count = try cursor.count(minimumBytes: type.minimumBytes, atMost: elementsLeft, what())
        elementsLeft -= count
        if count > 1 << 16 {
            try CheckpointError.checkMemory(count * 16, file: cursor.file, name: what())
        }
        switch type {
        case .uint8: return .uint8s(try cursor.numbers(count: count, what()))
        case .int8: return .int8s(try cursor.numbers(count: count, what()))
        case .uint16: return .uint16s(try cursor.numbers(count: count, what()))
        case .int16: return .int16s(try cursor.numbers(count: count, what()))
        case .uint32: return .uint32s(try cursor.numbers(count: count, what()))
        case .int32: return .int32s(try cursor.numbers(count: count, what()))
        case .float32: return .float32s(try cursor.numbers(count: count, what()))
        case .bool: return .bools(try bools(count: count, what))
        case .uint64: return .uint64s(try cursor.numbers(count: count, what()))
        case .int64: return .int64s(try cursor.numbers(count: count, what()))
        case .float64: return .float64s(try cursor.numbers(count: count, what()))
        case .string:
            var strings: [String] = []
            strings.reserveCapacity(min(count, 1 << 20))  // the file may be too short for `count` strings
            for _ in 0..<count {
                strings.append(try cursor.string(what()))
            }
            return .strings(strings)
        case .array:
            var arrays: [GGUFArray] = []
            for _ in 0..<count {
                arrays.append(try array(depth: depth + 1, what))
            }
            return .arrays(arrays)
        }
    }

    /// Reads one byte per value: 0 is false, 1 is true, anything else is an error.
    private mutating func bools(count: Int, _ what: () -> String) throws(CheckpointError) -> [Bool] {
        let bytes = try cursor.numbers(count: count, what(), as: UInt8.self)
        if let wrong = bytes.first(where: { $0 > 1 }) {
            throw cursor.failure(what(), expected: "a bool of 0 or 1", found: "\(wrong)")
        }
        return bytes.map { $0 == 1 }
    }
}
