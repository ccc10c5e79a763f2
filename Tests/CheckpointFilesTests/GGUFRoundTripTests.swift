@testable import CheckpointFiles
import TensorCore
import TestSupport
import Testing

@Suite("GGUF round trips")
struct GGUFRoundTripTests {
    static let values: [(String, GGUFValue)] = [
        ("uint8", .uint8(.max)), ("int8", .int8(.min)), ("uint16", .uint16(.max)), ("int16", .int16(.min)),
        ("uint32", .uint32(.max)), ("int32", .int32(.min)), ("float32", .float32(-0.1)), ("bool", .bool(true)),
        ("string", .string("a \u{0} zero, Ġ and 🦙")), ("empty string", .string("")), ("uint64", .uint64(.max)),
        ("int64", .int64(.min)), ("float64", .float64(.pi)),
        ("uint8s", .array(.uint8s([0, 255]))), ("int8s", .array(.int8s([-128, 127]))),
        ("uint16s", .array(.uint16s([0, .max]))), ("int16s", .array(.int16s([.min, .max]))),
        ("uint32s", .array(.uint32s([0, .max]))), ("int32s", .array(.int32s([.min, .max]))),
        ("float32s", .array(.float32s([-.infinity, 0.5]))), ("bools", .array(.bools([true, false, true]))),
        ("strings", .array(.strings(["", "a", "a longer one than fits in place"]))),
        ("uint64s", .array(.uint64s([.max]))), ("int64s", .array(.int64s([.min]))),
        ("float64s", .array(.float64s([.leastNonzeroMagnitude]))), ("no int32s", .array(.int32s([]))),
        ("arrays", .array(.arrays([.int8s([1]), .strings(["x"]), .arrays([.bools([]), .arrays([])])]))),
    ]

    @Test(arguments: [2, 3] as [UInt32]) func everyTypeOfMetadata(version: UInt32) throws {
        var writer = GGUFWriter()
        writer.version = version
        for (key, value) in Self.values { writer.metadata[key] = value }
        let file = try open(writer.bytes())
        #expect(file.version == version)
        #expect(file.metadata.keys == Self.values.map(\.0))
        for (key, value) in Self.values { #expect(file.metadata[key] == value, "\(key)") }
    }

    @Test(arguments: [nil, 8, 32, 64, 128, 4096] as [UInt32?]) func tensorsAtEveryAlignment(alignment: UInt32?) throws {
        var writer = GGUFWriter()
        writer.metadata["general.alignment"] = alignment.map { .uint32($0) }
        var random = SeededGenerator(seed: 5)
        var contents: [[UInt8]] = []
        for (index, dtype) in DType.allCases.enumerated() {
            let block = max(32, dtype.elementsPerBlock)
            let shape = [[2 * block], [3, block], [2, 3, block], [2, 1, 3, 3 * block]][index % 4]
            let blocks = shape.reduce(1, *) / dtype.elementsPerBlock
            contents.append((0..<blocks * dtype.bytesPerBlock).map { _ in UInt8.random(in: 0...255, using: &random) })
            writer.add(dtype.rawValue, dtype, shape: shape, bytes: contents[index])
        }
        let file = try open(writer.bytes())
        #expect(file.tensors.map(\.name) == DType.allCases.map(\.rawValue))
        for (info, expected) in zip(file.tensors, contents) {
            #expect(info.range.lowerBound.isMultiple(of: Int(alignment ?? 32)))
            let tensor = try #require(file.tensor(named: info.name))
            #expect(tensor.dtype.rawValue == info.name)
            #expect(tensor.byteCount == expected.count)
            #expect(tensor.rows * tensor.columns == info.shape.reduce(1, *))
            #expect(bytes(of: tensor) == expected)
            tensor.release()
            #expect(bytes(of: tensor) == expected, "readable after release")
        }
        let missing = file.tensor(named: "none")
        #expect(missing?.name == nil)
    }

    /// Each format's type number has the same name in ggml.
    @Test(arguments: DType.allCases) func typesAreNumberedAsInGGML(dtype: DType) {
        #expect(GGUFTensorType.name(dtype.ggufType) == dtype.rawValue)
        #expect(GGUFTensorType.format(dtype.ggufType) == dtype)
        let type = GGUFTensorType(dtype.ggufType)
        #expect(type?.dtype == dtype && type?.name == dtype.rawValue)
        #expect(type?.elementsPerBlock == dtype.elementsPerBlock && type?.bytesPerBlock == dtype.bytesPerBlock)
    }

    @Test func invalidTextInValuesIsRepaired() throws {
        var file = RawGGUF()
        file.set("a", type: 9) {
            $0.append(UInt32(8))
            $0.append(UInt64(2))
            $0.append(UInt64(2))
            $0.append(raw: [0x61, 0xFF])
            $0.append("b")
        }
        #expect(try open(file.bytes).metadata.strings(named: "a") == ["a\u{FFFD}", "b"])
    }

    @Test func invalidAlignmentIsNotWritten() {
        var writer = GGUFWriter()
        writer.metadata["general.alignment"] = .uint32(24)
        #expect(throws: CheckpointError.self) { try writer.bytes() }
    }
}

func bytes(of tensor: StoredTensor) -> [UInt8] {
    tensor.withBytes { $0.withUnsafeBytes { Array($0) } }
}
