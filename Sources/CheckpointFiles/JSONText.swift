#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// JSON that nobody vouches for, read into a type with errors of ours; and JSON to write, always the same bytes for the
/// same value.
package enum JSONText {
    /// Reads a value from the JSON file at a path.
    ///
    /// - Throws: ``CheckpointError`` if there is no such file, it is no JSON, or says something else than the type expects.
    package static func read<Value: Decodable>(
        _ path: String, as type: Value.Type = Value.self
    ) throws(CheckpointError) -> Value {
        let bytes = try TextFile.bytes(path)
        return try bytes.span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
            try decode(bytes, file: path)
        }
    }

    /// Reads a value from bytes.
    ///
    /// - Parameters:
    ///   - file: the path that errors name.
    ///   - part: which part of the file the bytes are, such as `header`; empty where they are all of it.
    static func decode<Value: Decodable>(
        _ bytes: UnsafeRawBufferPointer, file: String, part: String = "", as type: Value.Type = Value.self
    ) throws(CheckpointError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw CheckpointError(error, file: file, part: part)
        }
    }

    /// A value as JSON, keys sorted.
    package static func encode(_ value: some Encodable, onOneLine: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !onOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        do {
            return try Array(encoder.encode(value)) + (onOneLine ? [] : [UInt8(ascii: "\n")])
        } catch {
            preconditionFailure("\(value) is no JSON: \(error)")
        }
    }

    /// Writes a value as a JSON file, in one step.
    ///
    /// - Throws: if the file cannot be written; whatever was at the path before is then still there.
    package static func write(_ value: some Encodable, to path: String) throws(CheckpointError) {
        try TextFile.write(encode(value), to: path)
    }
}

/// A key by its name, for objects whose keys are not known beforehand.
struct JSONKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension CheckpointError {
    /// What a decoder complained about, in our words.
    init(_ error: any Error, file: String, part: String) {
        func failure(_ path: [any CodingKey], expected: String, found: String) -> CheckpointError {
            let place = path.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? "" : text + ".") + key.stringValue
            }
            let name = [part, place.isEmpty ? "" : "key \(place.quoted)"].filter { !$0.isEmpty }
            return CheckpointError(file: file, name: name.joined(separator: " "), expected: expected, found: found)
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            self = failure(context.codingPath + [key], expected: "a value", found: "no such key")
        case DecodingError.typeMismatch(let type, let context):
            self = failure(context.codingPath, expected: Self.name(of: type), found: Self.found(context))
        case DecodingError.valueNotFound(let type, let context):
            self = failure(context.codingPath, expected: Self.name(of: type), found: "null")
        case DecodingError.dataCorrupted(let context):
            self = failure(context.codingPath, expected: "valid JSON", found: context.debugDescription)
        default:
            self = failure([], expected: "valid JSON", found: "\(error)")
        }
    }

    private static func name(of type: any Any.Type) -> String {
        switch type {
        case is Int.Type, is Int32.Type: "an integer"
        case is Double.Type, is Float.Type: "a number"
        case is String.Type: "a string"
        case is Bool.Type: "true or false"
        case is [Any].Type: "a list"
        default: "an object"
        }
    }

    /// The decoder's sentence ends in "but found a string instead".
    private static func found(_ context: DecodingError.Context) -> String {
        let sentence = context.debugDescription
        guard let before = sentence.firstRange(of: "but found "), let after = sentence.firstRange(of: " instead"),
            before.upperBound <= after.lowerBound
        else { return "something else" }
        return String(sentence[before.upperBound..<after.lowerBound])
    }
}
