#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSONText {
    /// Decodes a value from a line of JSON Lines that this program wrote; nil if the line does not decode.
    package static func decode<Value: Decodable>(line: some Sequence<UInt8>) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(line))
    }
}
