#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Results of reference implementations in `Tests/Goldens`, whose README explains the formats.
package enum Goldens {
    /// The path of a golden file.
    package static func path(_ name: String) -> String { "\(Fixtures.repository)/Tests/Goldens/\(name)" }

    /// Decodes a golden JSON file, whose keys are in snake case.
    package static func json<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: URL(filePath: path(name))))
    }

    /// Reads a golden file.
    package static func bytes(_ name: String) throws -> [UInt8] {
        try Array(Data(contentsOf: URL(filePath: path(name))))
    }

    /// Reads a golden file of little-endian f32 values without a header.
    package static func floats(_ name: String) throws -> [Float] {
        try bytes(name).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { index in
                let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: bits))
            }
        }
    }
}
