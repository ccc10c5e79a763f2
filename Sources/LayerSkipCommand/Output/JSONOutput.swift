import ArgumentParser
import FoundationEssentials

/// How results are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case text
    /// One JSON object.
    case json
}

extension Output {
    /// Writes one JSON object with snake_case keys, and a line end.
    ///
    /// - Parameter path: the file that it is about, if any; where that is standard output, the object goes to standard
    ///   error.
    static func write(json value: some Encodable, about path: String? = nil) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let text = try String(decoding: encoder.encode(value), as: UTF8.self)
        if let path, StandardDescriptors.outputIs(path) { return note(text) }
        try write(text + "\n")
    }
}

/// A value that JSON shows as `null` where there is none, so that readers find every key. JSON knows no infinity and no
/// NaN either, which an untrained exit's perplexity may reach.
struct Nullable<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        let isNumber = (value as? Double)?.isFinite ?? true
        if let value, isNumber { try container.encode(value) } else { try container.encodeNil() }
    }
}
