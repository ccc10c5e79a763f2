import CheckpointFiles
import Testing

struct Corruption: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: String
    let file: RawGGUF

    init(_ description: String, _ message: String, _ change: (inout RawGGUF) -> Void) {
        testDescription = description
        self.message = "model.gguf: " + message
        var file = RawGGUF()
        change(&file)
        self.file = file
    }
}

@Suite("Errors of GGUF files")
struct GGUFCorruptionTests {
    @Test(arguments: Corruption.inHeader + Corruption.inMetadata) func isSaidOfMetadata(_ corruption: Corruption) {
        #expect(complaint(about: corruption.file.bytes) == corruption.message)
    }

    @Test(arguments: Corruption.inTensors) func isSaidOfTensors(_ corruption: Corruption) {
        #expect(complaint(about: corruption.file.bytes) == corruption.message)
    }

    @Test func theSmallestFileIsValid() {
        #expect(complaint(about: RawGGUF().bytes) == nil)
    }

    @Test func everyTruncationOfTheHeaderIsAnError() throws {
        var file = RawGGUF()
        file.set("a", type: 8) { $0.append("text") }
        file.set("b", type: 9) { $0.append(.strings(["x", "", "yz"])) }
        file.tensor("t", [4, 2])
        file.dataCount = 32
        let bytes = file.bytes
        #expect(complaint(about: bytes) == nil)
        for count in 1..<bytes.count {
            #expect(complaint(about: Array(bytes.prefix(count))) != nil, "\(count) bytes")
        }
    }
}

extension Corruption {
    static let inHeader: [Corruption] = [
        Corruption("not GGUF", "file signature: expected GGUF, found \"GGML\"") { $0.magic = "GGML" },
        Corruption("reversed magic", "byte order: expected a little-endian file, found a big-endian file") {
            $0.magic = "FUGG"
        },
        Corruption("big-endian version", "byte order: expected a little-endian file, found a big-endian file") {
            $0.version = UInt32(3).byteSwapped
        },
        Corruption("version 1", "GGUF version: expected 2 or 3, found 1") { $0.version = 1 },
        Corruption("version 0", "GGUF version: expected 2 or 3, found 0") { $0.version = 0 },
        Corruption("version 4", "GGUF version: expected 2 or 3, found 4") { $0.version = 4 },
        Corruption("too many tensors", "tensor count: expected at most 0 in the remaining bytes, found \(UInt64.max)") {
            $0.tensorCount = .max
        },
        Corruption("too much metadata", "metadata count: expected at most 3 in the remaining bytes, found 4") {
            $0.metadataCount = 4
            $0.alignment = 64
        },
    ]

    static let inMetadata: [Corruption] =
        [
            Corruption("key length", "metadata key number 0: expected a length of at most 8 bytes, found \(UInt64.max)")
            {
                $0.metadata = [Array(repeating: 0xFF, count: 8) + Array(repeating: 0, count: 8)]
                $0.alignment = 8
            },
            Corruption("key UTF-8", "metadata key number 0: expected valid UTF-8, found \"\u{FFFD}\u{FFFD}\"") {
                $0.metadata = [[2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xFF, 0, 0, 0, 0, 1]]
            },
            Corruption("duplicate key", "metadata key \"a\": expected a unique key, found a duplicate") {
                for _ in 0..<2 { $0.set("a", type: 0) { $0.append(UInt8(1)) } }
            },
            Corruption("unknown type", "metadata key \"a\": expected a value type in 0...12, found 13") {
                $0.set("a", type: 13) { $0.append(UInt8(1)) }
            },
            Corruption("bool of 2", "metadata key \"a\": expected a bool of 0 or 1, found 2") {
                $0.set("a", type: 7) { $0.append(UInt8(2)) }
            },
            Corruption(
                "string length", "metadata key \"a\": expected a length of at most 11 bytes, found 9223372036854775808"
            ) {
                $0.set("a", type: 8) { $0.append(UInt64(1) << 63) }
                $0.alignment = 64
                $0.alignment = 8
                $0.dataCount = 8
            },
            Corruption(
                "array count",
                "metadata key \"a\": expected at most 2 in the remaining bytes, found 4611686018427387905"
            ) {
                $0.set("a", type: 9) {
                    $0.append(UInt32(5))
                    $0.append(UInt64(1) << 62 + 1)
                }
                $0.dataCount = 1
                $0.alignment = 8
            },
            Corruption("array of unknown", "metadata key \"a\": expected a value type in 0...12, found 99") {
                $0.set("a", type: 9) {
                    $0.append(UInt32(99))
                    $0.append(UInt64(0))
                }
            },
            Corruption("deep arrays", "metadata key \"a\": expected arrays nested at most 8 deep, found deeper ones") {
                let deep = (0..<8).reduce(GGUFArray.uint8s([])) { array, _ in .arrays([array]) }
                $0.set("a", type: 9) { $0.append(deep) }
            },
            Corruption("alignment type", "metadata key \"general.alignment\": expected an integer, found string") {
                $0.set("general.alignment", type: 8) { $0.append("32") }
            },
        ]
        + [0, 1, 4, 24, 1 << 22].map { alignment in
            Corruption(
                "alignment \(alignment)",
                "metadata key \"general.alignment\": expected a power of two in 8...2097152, found \(alignment)"
            ) {
                $0.set("general.alignment", type: 4) { $0.append(UInt32(alignment)) }
            }
        }
}
