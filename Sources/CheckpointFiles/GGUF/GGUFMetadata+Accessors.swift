// Writers of GGUF files differ in the integer widths they use. So any integer type reads as Int, and any number as
// Double, if it fits. Each accessor has two forms: one for a required key and one for an optional key.
extension GGUFMetadata {
    /// An integer of any width.
    ///
    /// - Throws: if the key is missing, is not an integer, or lies outside the range.
    package func integer(
        named key: String, in range: ClosedRange<Int> = .min ... .max
    ) throws(CheckpointError) -> Int {
        try required(key, "an integer", try integerIfPresent(named: key, in: range))
    }

    /// Like ``integer(named:in:)``, but nil if the key is missing.
    package func integerIfPresent(
        named key: String, in range: ClosedRange<Int> = .min ... .max
    ) throws(CheckpointError) -> Int? {
        guard let value = self[key] else { return nil }
        let expected =
            range == .min ... .max ? "an integer" : "an integer in \(range.lowerBound)...\(range.upperBound)"
        let integer: Int?
        switch value {
        case .uint8(let number): integer = Int(number)
        case .int8(let number): integer = Int(number)
        case .uint16(let number): integer = Int(number)
        case .int16(let number): integer = Int(number)
        case .uint32(let number): integer = Int(number)
        case .int32(let number): integer = Int(number)
        case .int64(let number): integer = Int(exactly: number)
        case .uint64(let number):
            integer = Int(exactly: number)
            if integer == nil { throw failure(key, expected: expected, found: "\(number)") }
        default: throw failure(key, expected: expected, found: value.typeDescription)
        }
        guard let integer, range.contains(integer) else {
            throw failure(key, expected: expected, found: integer.map { "\($0)" } ?? value.typeDescription)
        }
        return integer
    }

    /// A finite number, of a floating-point or an integer type.
    ///
    /// - Throws: if the key is missing, is not a number, or is infinite or not-a-number.
    package func float(named key: String) throws(CheckpointError) -> Double {
        try required(key, "a number", try floatIfPresent(named: key))
    }

    /// Like ``float(named:)``, but nil if the key is missing.
    package func floatIfPresent(named key: String) throws(CheckpointError) -> Double? {
        guard let value = self[key] else { return nil }
        let number: Double
        switch value {
        case .float32(let float): number = Double(float)
        case .float64(let float): number = float
        case .string, .bool, .array: throw failure(key, expected: "a number", found: value.typeDescription)
        default: number = Double(try integer(named: key))
        }
        guard number.isFinite else { throw failure(key, expected: "a finite number", found: "\(number)") }
        return number
    }

    /// A string.
    ///
    /// - Throws: if the key is missing or is not a string.
    package func string(named key: String) throws(CheckpointError) -> String {
        try required(key, "a string", try stringIfPresent(named: key))
    }

    /// Like ``string(named:)``, but nil if the key is missing.
    package func stringIfPresent(named key: String) throws(CheckpointError) -> String? {
        switch self[key] {
        case .string(let text): return text
        case nil: return nil
        case let value?: throw failure(key, expected: "a string", found: value.typeDescription)
        }
    }

    /// A Boolean value.
    ///
    /// - Throws: if the key is missing or is not a bool.
    package func bool(named key: String) throws(CheckpointError) -> Bool {
        try required(key, "a bool", try boolIfPresent(named: key))
    }

    /// Like ``bool(named:)``, but nil if the key is missing.
    package func boolIfPresent(named key: String) throws(CheckpointError) -> Bool? {
        switch self[key] {
        case .bool(let truth): return truth
        case nil: return nil
        case let value?: throw failure(key, expected: "a bool", found: value.typeDescription)
        }
    }

    func required<Value>(_ key: String, _ kind: String, _ value: Value?) throws(CheckpointError) -> Value {
        guard let value else { throw failure(key, expected: kind, found: "no such key") }
        return value
    }
}
