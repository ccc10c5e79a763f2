import CheckpointFiles
import TestSupport
import Testing

@Suite("Errors of safetensors files")
struct SafetensorsCorruptionTests {
    let folder = TemporaryFolder()

    private func complaint(about bytes: [UInt8]) -> String? {
        let path = folder.write(bytes, as: "model.safetensors")
        do {
            _ = try SafetensorsFile(path: path)
            return nil
        } catch {
            #expect(error.file == path)
            return String("\(error)".dropFirst(path.utf8.count + 2))
        }
    }

    private func complaint(_ header: String, data: Int = 0) -> String? {
        complaint(about: RawSafetensors(header: header, dataCount: data).bytes)
    }

    @Test func validOnesAreRead() throws {
        #expect(complaint("{}") == nil)
        #expect(complaint("{\"__metadata__\":{\"a\":\"b\"}}   ") == nil)
        #expect(complaint("{\(RawSafetensors.entry("t", "[2,3]", "0", "24"))}", data: 24) == nil)
    }

    @Test(
        arguments: [
            (nil, "at most 2 bytes", "3"), (nil, "at most 2 bytes", "\(UInt64.max)"),
            (nil, "at most 2 bytes", "9223372036854775808"), (nil, "at most 2 bytes", "100000001"),
        ] as [(String?, String, String)])
    func lengths(_: String?, expected: String, found: String) throws {
        var file = RawSafetensors()
        file.length = UInt64(found)
        #expect(complaint(about: file.bytes) == "header length: expected \(expected), found \(found)")
    }

    @Test func tooShortFiles() {
        #expect(complaint(about: [1, 2, 3]) == "header length: expected 8 bytes at offset 0, found the end at 3")
        #expect(complaint(about: [0, 0, 0, 0, 0, 0, 0, 0]) == "header: expected a JSON object, found something else")
        let bytes = RawSafetensors(header: "{\(RawSafetensors.entry("t", "[2,3]", "0", "24"))}", dataCount: 24).bytes
        for count in 1..<bytes.count {
            #expect(complaint(about: Array(bytes.prefix(count))) != nil, "\(count) bytes")
        }
    }

    @Test(arguments: [
        "{", "[]", " {}", "{}}", "{\"t\":1}", "null", "{\"t\":{}}", "{\"__metadata__\":{\"a\":1}}", "{\"a\":\"\u{0}\"}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4.5]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999999999999]}}",
        "{\"t\":{\"dtype\":\"F32\",\"shape\":[1e400],\"data_offsets\":[0,4]}}",
        String(repeating: "{\"a\":", count: 100_000), "{\"a\":" + String(repeating: "[", count: 100_000),
    ]) func headersThatAreNone(header: String) throws {
        let text = try #require(complaint(header, data: 4))
        #expect(text.hasPrefix("header"), "\(text)")
    }

    @Test func headersErrorsNameTheKey() {
        #expect(
            complaint("{\"t\":{\"dtype\":\"F32\"}}") == "header key \"t.shape\": expected a value, found no such key")
        #expect(
            complaint("{\"t\":{\"dtype\":\"F32\",\"shape\":[1,\"2\"],\"data_offsets\":[0,4]}}")
                == "header key \"t.shape[1]\": expected an integer, found a string")
        #expect(
            complaint("{\"t\":{\"dtype\":8,\"shape\":[],\"data_offsets\":[]}}")
                == "header key \"t.dtype\": expected a string, found number")
    }

    @Test func bytesThatAreNoUTF8() {
        var bytes = RawSafetensors(header: "{\"__metadata__\":{\"a\":\"b\"}}").bytes
        bytes[8 + 18] = 0xFF
        #expect(
            complaint(about: bytes)?.hasPrefix(
                "header, column 19, key \"__metadata__\": expected valid UTF-8, found the byte 0xff") == true)
    }

    @Test(arguments: [
        (
            "Q8_0", "[3]", "0", "24",
            "expected one of the types BF16, BOOL, C64, F16, F32, F4, F64, F6_E2M3, F6_E3M2, F8_E4M3, F8_E4M3FNUZ, "
                + "F8_E5M2, F8_E5M2FNUZ, F8_E8M0, I16, I32, I64, I8, U16, U32, U64, U8, found \"Q8_0\""
        ),
        ("F32", "[1,1,1,1,1,1,1,1,6]", "0", "24", "expected at most 8 dimensions, found 9"),
        ("F32", "[6,0]", "0", "24", "expected offsets of 0 bytes, as shape [6, 0] in F32 takes, found [0, 24]"),
        ("F32", "[-6,-1]", "0", "24", "expected a size in whole bytes that fits 63 bits, found shape [-6, -1]"),
        ("F4", "[3]", "0", "24", "expected a size in whole bytes that fits 63 bits, found shape [3]"),
        (
            "F32", "[4294967296,4294967296]", "0", "24",
            "expected a size in whole bytes that fits 63 bits, found shape [4294967296, 4294967296]"
        ),
        ("I64", "[2]", "0", "24", "expected offsets of 16 bytes, as shape [2] in I64 takes, found [0, 24]"),
        ("F32", "[6]", "0", "20", "expected offsets of 24 bytes, as shape [6] in F32 takes, found [0, 20]"),
        ("BF16", "[6]", "0", "24", "expected offsets of 12 bytes, as shape [6] in BF16 takes, found [0, 24]"),
        ("F32", "[6]", "24", "0", "expected offsets of 24 bytes, as shape [6] in F32 takes, found [24, 0]"),
        ("F32", "[6]", "-24", "0", "expected offsets of 24 bytes, as shape [6] in F32 takes, found [-24, 0]"),
        ("F32", "[6]", "0,0", "24", "expected offsets of 24 bytes, as shape [6] in F32 takes, found [0, 0, 24]"),
        (
            "F32", "[6]", "9223372036854775800", "9223372036854775807",
            "expected offsets of 24 bytes, as shape [6] in F32 takes, found [9223372036854775800, 9223372036854775807]"
        ),
        ("F32", "[6]", "8", "32", "expected data that begins at 0, found 8"),
    ]) func tensors(dtype: String, shape: String, start: String, end: String, message: String) {
        #expect(
            complaint("{\(RawSafetensors.entry("t", dtype: dtype, shape, start, end))}", data: 24)
                == "tensor \"t\": \(message)")
    }

    @Test func dataThatIsNobodysOrTwoTensors() {
        let first = RawSafetensors.entry("a", "[2]", "0", "8")
        let second = RawSafetensors.entry("b", "[2]", "8", "16")
        #expect(complaint("{\(second),\(first)}", data: 16) == nil)
        #expect(complaint("{\(first),\(second)}", data: 15) == "data: expected 16 bytes, as the header says, found 15")
        #expect(complaint("{\(first),\(second)}", data: 17) == "data: expected 16 bytes, as the header says, found 17")
        let overlapping = RawSafetensors.entry("b", "[2]", "4", "12")
        #expect(
            complaint("{\(first),\(overlapping)}", data: 12)
                == "tensor \"b\": expected data that begins at 8, found 4")
        let distant = RawSafetensors.entry("b", "[2]", "12", "20")
        #expect(
            complaint("{\(first),\(distant)}", data: 20) == "tensor \"b\": expected data that begins at 8, found 12")
        let again = RawSafetensors.entry("a", "[2]", "8", "16")
        #expect(
            complaint("{\(first),\(again)}", data: 16)?.hasSuffix("expected each key once, found \"a\" again") == true)
    }

    /// Old writers did not pad the header, so its data is unaligned.
    @Test func dataThatLiesAskewIsRead() throws {
        let entry = RawSafetensors.entry("t", "[2]", "0", "8")
        for padding in 0..<8 {
            let raw = RawSafetensors(header: "{\(entry)}" + String(repeating: " ", count: padding), dataCount: 8)
            let path = folder.write(raw.bytes, as: "askew.safetensors")
            let file = try SafetensorsFile(path: path)
            let tensor = try #require(file.tensor(named: "t"))
            tensor.withBytes { bytes in
                bytes.withUnsafeBytes { bytes in
                    #expect(Array(bytes) == [0, 1, 2, 3, 4, 5, 6, 7])
                    #expect(UInt(bitPattern: bytes.baseAddress) % 4 == 0)
                }
            }
        }
    }
}
