#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension TokenizerFile {
    /// Decodes a tokenizer.json.
    ///
    /// - Throws: ``TokenizerError/malformedFile(place:expected:found:)`` if it does not decode.
    init(_ json: [UInt8]) throws(TokenizerError) {
        do {
            self = try JSONDecoder().decode(TokenizerFile.self, from: Data(json))
        } catch {
            throw .malformedFile(
                place: Self.place(error), expected: "a tokenizer of byte-level BPE", found: Self.found(error))
        }
    }

    private static func place(_ error: any Error) -> String {
        let path: [any CodingKey]
        switch error {
        case DecodingError.keyNotFound(let key, let context): path = context.codingPath + [key]
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            path = context.codingPath
        default: path = []
        }
        return path.isEmpty
            ? "the file" : path.map { $0.intValue.map { "\($0)" } ?? $0.stringValue }.joined(separator: ".")
    }

    private static func found(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound: "no such key"
        case DecodingError.typeMismatch(let type, _): "something other than \(type)"
        case DecodingError.valueNotFound: "null"
        // The file's reader has already refused invalid JSON.
        case DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty:
            "a number that is too large or not an integer"
        case DecodingError.dataCorrupted(let context): context.debugDescription
        default: "\(error)"
        }
    }
}
