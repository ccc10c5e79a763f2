import CheckpointFiles
import Testing

@Suite("Metadata accessors")
struct GGUFMetadataTests {
    static let metadata: GGUFMetadata = {
        var metadata = GGUFMetadata(file: "model.gguf")
        metadata["u8"] = .uint8(200)
        metadata["i64"] = .int64(-3)
        metadata["large"] = .uint64(.max)
        metadata["f32"] = .float32(0.5)
        metadata["f64"] = .float64(.nan)
        metadata["text"] = .string("llama")
        metadata["flag"] = .bool(true)
        metadata["list"] = .array(.uint16s([1, 2]))
        metadata["wide"] = .array(.uint64s([1, .max]))
        metadata["scores"] = .array(.float64s([0.25]))
        return metadata
    }()

    func complaint(_ body: (GGUFMetadata) throws -> Any?) -> String? {
        do {
            _ = try body(Self.metadata)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func numbersConvertWhereTheyFit() throws {
        #expect(try Self.metadata.integer(named: "u8") == 200)
        #expect(try Self.metadata.integer(named: "i64", in: -3...0) == -3)
        #expect(try Self.metadata.float(named: "f32") == 0.5)
        #expect(try Self.metadata.float(named: "u8") == 200)
        #expect(try Self.metadata.integers(named: "list") == [1, 2])
        #expect(try Self.metadata.floats(named: "scores") == [0.25])
        #expect(try Self.metadata.string(named: "text") == "llama")
        #expect(try Self.metadata.bool(named: "flag"))
    }

    @Test func missingKeysAreNilOrErrors() throws {
        #expect(try Self.metadata.integerIfPresent(named: "none") == nil)
        #expect(try Self.metadata.floatIfPresent(named: "none") == nil)
        #expect(try Self.metadata.stringIfPresent(named: "none") == nil)
        #expect(try Self.metadata.boolIfPresent(named: "none") == nil)
        #expect(try Self.metadata.stringsIfPresent(named: "none") == nil)
        #expect(try Self.metadata.integersIfPresent(named: "none") == nil)
        #expect(try Self.metadata.floatsIfPresent(named: "none") == nil)
        #expect(
            complaint { try $0.integer(named: "none") }
                == "model.gguf: metadata key \"none\": expected an integer, found no such key")
    }

    @Test func wrongTypesAndRangesAreErrors() {
        #expect(
            complaint { try $0.integer(named: "text") }
                == "model.gguf: metadata key \"text\": expected an integer, found string")
        #expect(
            complaint { try $0.integer(named: "u8", in: 1...64) }
                == "model.gguf: metadata key \"u8\": expected an integer in 1...64, found 200")
        #expect(
            complaint { try $0.integer(named: "large") }
                == "model.gguf: metadata key \"large\": expected an integer, found 18446744073709551615")
        #expect(
            complaint { try $0.float(named: "f64") }
                == "model.gguf: metadata key \"f64\": expected a finite number, found nan")
        #expect(
            complaint { try $0.float(named: "flag") }
                == "model.gguf: metadata key \"flag\": expected a number, found bool")
        #expect(
            complaint { try $0.string(named: "list") }
                == "model.gguf: metadata key \"list\": expected a string, found array of 2 uint16")
        #expect(
            complaint { try $0.bool(named: "u8") } == "model.gguf: metadata key \"u8\": expected a bool, found uint8")
        #expect(
            complaint { try $0.strings(named: "list") }
                == "model.gguf: metadata key \"list\": expected an array of strings, found array of 2 uint16")
        #expect(
            complaint { try $0.integers(named: "wide") }
                == "model.gguf: metadata key \"wide\": expected integers of at most \(Int.max), found \(UInt64.max)")
        #expect(
            complaint { try $0.floats(named: "list") }
                == "model.gguf: metadata key \"list\": expected an array of floats, found array of 2 uint16")
    }

    @Test func keysKeepTheirOrder() {
        var metadata = GGUFMetadata(file: "")
        metadata["b"] = .bool(true)
        metadata["a"] = .bool(true)
        metadata["b"] = .bool(false)
        metadata["c"] = .bool(true)
        metadata["a"] = nil
        #expect(metadata.keys == ["b", "c"])
        #expect(metadata["b"] == .bool(false))
    }
}
