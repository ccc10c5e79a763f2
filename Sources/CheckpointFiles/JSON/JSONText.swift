#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads untrusted JSON into types, with errors that name the file and the place, and writes JSON. Equal values give
/// identical bytes.
package enum JSONText {
    /// Reads a value from the JSON file at a path.
    ///
    /// - Parameter limit: the maximum size of the file.
    /// - Throws: ``FileError`` if the file is missing, too large or not valid JSON, or does not match the type.
    package static func read<Value: Decodable>(
        _ path: String, atMost limit: ReadingLimit = .description, as type: Value.Type = Value.self
    ) throws(FileError) -> Value {
        try decode(text: TextFile.bytes(path, atMost: limit), file: path, atMost: limit)
    }

    /// Decodes a value from the text of a file.
    ///
    /// - Throws: ``FileError`` if it is not valid JSON, holds too many values, or does not match the type.
    package static func decode<Value: Decodable>(
        text: [UInt8], file: String, atMost limit: ReadingLimit, as type: Value.Type = Value.self
    ) throws(FileError) -> Value {
        try text.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try decode(bytes, file: file, atMost: limit)
        }
    }

    /// Reads a value from the JSON file at a path, together with all members of its object, so that unknown ones can be
    /// preserved.
    ///
    /// - Throws: as above.
    package static func readWithMembers<Value: Decodable>(
        _ path: String, atMost limit: ReadingLimit = .description
    ) throws(FileError) -> (Value, JSONMembers) {
        let bytes = try TextFile.bytes(path, atMost: limit)
        let members = try JSONMembers(bytes, name: path, atMost: limit)
        let value: Value = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try decodeChecked(bytes, file: path, atMost: limit)
        }
        return (value, members)
    }

    /// The bytes of the JSON file at a path, checked for a decoder outside this target, which must compare keys byte by
    /// byte.
    ///
    /// - Throws: ``FileError`` if the file is missing, too large or not valid JSON.
    package static func bytes(_ path: String, atMost limit: ReadingLimit) throws(FileError) -> [UInt8] {
        try bytes(of: MappedFile(path: path), atMost: limit)
    }

    /// The bytes of an open JSON file.
    ///
    /// - Throws: as above.
    package static func bytes(of file: MappedFile, atMost limit: ReadingLimit) throws(FileError) -> [UInt8] {
        let bytes = try TextFile.bytes(of: file, atMost: limit)
        _ = try bytes.span.bytes.withUnsafeBytes { (bytes) throws(FileError) in
            try check(bytes, file: file.path, atMost: limit, allowsEquivalentKeys: true)
        }
        return bytes
    }

    /// Decodes a value from bytes.
    ///
    /// - Parameters:
    ///   - file: the path for errors.
    ///   - part: the part of the file that the bytes are, such as `header`; empty for the whole file.
    /// - Throws: ``FileError`` if they are not valid JSON, hold too many values, or do not match the type.
    package static func decode<Value: Decodable>(
        _ bytes: UnsafeRawBufferPointer, file: String, part: String = "",
        atMost limit: ReadingLimit = .description, as type: Value.Type = Value.self
    ) throws(FileError) -> Value {
        try check(bytes, file: file, part: part, atMost: limit)
        return try decodeChecked(bytes, file: file, part: part, atMost: limit)
    }

    private static func decodeChecked<Value: Decodable>(
        _ bytes: UnsafeRawBufferPointer, file: String, part: String = "", atMost limit: ReadingLimit,
        as type: Value.Type = Value.self
    ) throws(FileError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: bytes.lent)
        } catch let error as FileError {
            throw error
        } catch {
            if let number = UnsuitableNumber(in: bytes, for: type, valueLimit: limit.valueCount) {
                throw FileError(
                    file: file,
                    name: [part, "key \(number.place.quoted)"].filter { !$0.isEmpty }.joined(separator: " "),
                    expected: number.expected, found: number.found)
            }
            throw FileError(error, file: file, part: part)
        }
    }

    /// Throws unless the bytes are valid JSON within the limit of values.
    ///
    /// - Parameter onMember: called for each member of the outermost object, with the range of its value.
    /// - Returns: the kind of the value.
    @discardableResult static func check(
        _ bytes: UnsafeRawBufferPointer, file: String, part: String = "", atMost limit: ReadingLimit,
        allowsEquivalentKeys: Bool = false, onMember: ((_ key: String, _ value: Range<Int>) -> Void)? = nil
    ) throws(FileError) -> JSONKind {
        var scanner = JSONScanner(bytes, valueLimit: limit.valueCount)
        scanner.allowsEquivalentKeys = allowsEquivalentKeys
        if let onMember {
            scanner.onMember = { key, value in
                var keys = JSONScanner(bytes, valueLimit: 0)
                onMember(keys.text(key), value)
            }
        }
        let kind: JSONKind
        do {
            kind = try scanner.scan()
        } catch {
            let position = error.position(in: bytes)
            throw FileError(
                file: file, name: part.isEmpty ? position : "\(part), \(position)", expected: error.expected,
                found: error.found)
        }
        // The memory that Foundation's decoder needs.
        try FileError.checkMemory(bytes.count + 64 * scanner.valueCount, file: file, name: part)
        return kind
    }

    /// Encodes a value as JSON, with sorted keys.
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

    /// Atomically writes a value as a JSON file.
    ///
    /// - Throws: if the file cannot be written; anything at the path before is then still there.
    package static func write(_ value: some Encodable, to path: String) throws(FileError) {
        try TextFile.write(encode(value), to: path)
    }
}

extension UnsafeRawBufferPointer {
    /// The same bytes as uncopied Data for Foundation; they must not be used after this buffer's lifetime.
    var lent: Data {
        guard let base = baseAddress else { return Data() }
        return Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: count, deallocator: .none)
    }
}

/// A key of any name, for objects whose keys are not known in advance.
struct JSONKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension FileError {
    /// Translates a decoder's error.
    init(_ error: any Error, file: String, part: String) {
        func failure(_ path: [any CodingKey], expected: String, found: String) -> FileError {
            let place = path.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? "" : text + ".") + key.stringValue
            }
            let name = [part, place.isEmpty ? "" : "key \(place.quoted)"].filter { !$0.isEmpty }
            return FileError(file: file, name: name.joined(separator: " "), expected: expected, found: found)
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            self = failure(context.codingPath + [key], expected: "a value", found: "no such key")
        case DecodingError.typeMismatch(let type, let context):
            self = failure(context.codingPath, expected: Self.name(of: type), found: Self.found(context))
        case DecodingError.valueNotFound(let type, let context):
            self = failure(context.codingPath, expected: Self.name(of: type), found: "null")
        case DecodingError.dataCorrupted(let context) where context.underlyingError is JSONMismatch:
            let mismatch = context.underlyingError as? JSONMismatch
            self = failure(context.codingPath, expected: mismatch?.expected ?? "", found: mismatch?.found ?? "")
        case DecodingError.dataCorrupted(let context):
            self = failure(context.codingPath, expected: "a valid value", found: context.debugDescription.quoted)
        default:
            self = failure([], expected: "a valid value", found: "\(error)".quoted)
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

    /// Extracts the found type from a decoder's message, which ends in "but found a string instead".
    private static func found(_ context: DecodingError.Context) -> String {
        let sentence = context.debugDescription
        guard let before = sentence.firstRange(of: "but found "), let after = sentence.firstRange(of: " instead"),
            before.upperBound <= after.lowerBound
        else { return "something else" }
        return String(sentence[before.upperBound..<after.lowerBound])
    }
}
