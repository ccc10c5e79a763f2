import ArgumentParser
import FoundationEssentials

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// Text for people.
    case text
    /// One JSON object.
    case json
}

extension Output {
    /// Writes one JSON object with snake_case keys, and a line end.
    ///
    /// - Parameter path: the file that the object describes, if any. If that is standard output, the object goes to
    ///   standard error.
    static func write(json value: some Encodable, about path: String? = nil) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let text = try String(decoding: encoder.encode(value), as: UTF8.self)
        if let path, StandardDescriptors.outputIs(path) { return note(text) }
        try write(text + "\n")
    }
}

/// A value that is `null` in JSON if it is missing, so that every key is present. Infinity and NaN, which JSON cannot
/// express and an untrained exit's perplexity may reach, are `null` too.
struct Nullable<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let isNumber = (value as? Double)?.isFinite ?? true
        if let value, isNumber { try container.encode(value) } else { try container.encodeNil() }
    }
}
