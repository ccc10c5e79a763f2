import CheckpointFiles
import TestSupport
import Testing

@Suite("Reading limits")
struct ReadingLimitTests {
    let folder = TemporaryFolder()

    private func complaint<Result>(_ body: () throws -> Result) -> String? {
        do { _ = try body() } catch { return "\(error)" }
        return nil
    }

    @Test func smallFiles() {
        let path = folder.write([0x7B, 0x7D], as: "config.json")
        guard folder.extend("config.json", to: ReadingLimit.description.byteCount + 1) else { return }
        func read() throws -> [String: Int] { try JSONText.read(path) }
        #expect(complaint(read) == "\(path): expected at most 1048576 bytes, found 1048577")
        #expect(complaint { try TextFile.text(path, atMost: .recipe) } != nil)
    }

    /// Where files may be sparse, such an array takes no space.
    @Test(arguments: [(7, 1), (8, 8), (9, 12), (6, 4)] as [(UInt32, UInt64)])
    func arraysOfGGUF(type: UInt32, minimumBytes: UInt64) {
        var file = RawGGUF()
        file.set("a", type: 9) {
            $0.append(type)
            $0.append((UInt64(100) << 20) / minimumBytes)
        }
        let path = folder.write(file.bytes, as: "sparse.gguf")
        guard folder.extend("sparse.gguf", to: 101 << 20) else { return }
        let text = complaint { try GGUFFile(path: path) }
        #expect(
            text?.hasSuffix("metadata key \"a\": expected at most 8388608, found \((100 << 20) / minimumBytes)") == true
        )
    }

    @Test func allArraysTogether() {
        var file = RawGGUF()
        for key in ["a", "b", "c"] {
            file.set(key, type: 9) {
                $0.append(0 as UInt32)
                $0.append(UInt64(3) << 20)
                $0.append(raw: [UInt8](repeating: 0, count: 3 << 20))
            }
        }
        #expect(CheckpointFilesTests.complaint(about: file.bytes)?.contains("\"c\": expected at most 2097152") == true)
    }

    @Test func aShapeOfAMillionDimensions() {
        let shape = "[" + String(repeating: "1,", count: 1 << 20) + "1]"
        let file = RawSafetensors(header: "{\(RawSafetensors.entry("t", shape, "0", "4"))}", dataCount: 4)
        let path = folder.write(file.bytes, as: "model.safetensors")
        let text = complaint { try SafetensorsFile(path: path) }
        #expect(text?.contains("header, column ") == true && text?.contains("expected at most 1048576 values") == true)
    }

    @Test func namesInMessages() {
        #expect("a\u{1B}[31m\u{9B}\u{7F}\u{85}\u{2028}\u{202E}\u{2066}é🙂\n".quoted == "\"a�[31m������é🙂�\"")
        #expect(String(repeating: "é", count: 80).quoted == "\"" + String(repeating: "é", count: 80) + "\"")
        #expect(String(repeating: "x", count: 5_000_000).quoted == "\"" + String(repeating: "x", count: 80) + "…\"")
        #expect("".quoted == "\"\"")
        let error = CheckpointError(file: "a\u{1B}b", expected: "c", found: "d")
        #expect("\(error)" == "a�b: expected c, found d")
    }
}
