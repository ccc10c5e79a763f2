#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSONText {
    /// A value from a line of JSON Lines that this program wrote; nil where the line is something else.
    package static func decode<Value: Decodable>(line: some Sequence<UInt8>) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(line))
    }

    /// A value from a line of JSON Lines.
    ///
    /// - Parameter name: what errors call the line, such as `prompts.jsonl, line 3`.
    /// - Throws: ``CheckpointError`` if the line is no JSON, or says something else than the type expects.
    package static func decode<Value: Decodable>(
        line: [UInt8], name: String, atMost limit: ReadingLimit
    ) throws(CheckpointError) -> Value {
        try line.span.bytes.withUnsafeBytes { (bytes) throws(CheckpointError) in
            try decode(bytes, file: name, atMost: limit)
        }
    }
}
