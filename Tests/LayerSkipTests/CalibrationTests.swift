import CheckpointFiles
import Foundation
import LanguageModels
import LayerSkip
import TestSupport
import Testing

@Suite("Calibration")
struct CalibrationTests {
    private func checkpoint(_ folder: TemporaryFolder, _ change: (inout TinyLlamaFile) -> Void = { _ in }) throws
        -> Checkpoint
    {
        var file = TinyLlamaFile()
        file.contextLength = 64
        file.isTied = false
        change(&file)
        try file.write(to: folder.file("tiny.gguf"))
        return try Checkpoint(path: folder.file("tiny.gguf"))
    }

    @Test func everyMatrixOfALayerIsMeasured() throws {
        let folder = TemporaryFolder()
        let checkpoint = try checkpoint(folder)
        let text = Array(String(repeating: "A text, of some length. ", count: 20).utf8)
        let one = try #require(try checkpoint.importanceMatrix(measuredOn: text, named: "it", threads: 1))
        let two = try #require(try checkpoint.importanceMatrix(measuredOn: text, named: "it", threads: 3))
        let names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
        #expect(one.names == (0..<2).flatMap { layer in names.map { "blk.\(layer).\($0).weight" } }.sorted())
        for name in one.names { #expect(one[name] == two[name] && one[name]?.contains { $0 > 0 } == true) }
        #expect(one["blk.0.attn_q.weight"] == one["blk.0.attn_v.weight"])
        #expect(one["blk.0.attn_q.weight"] != one["blk.0.attn_output.weight"])
        #expect(one["blk.1.ffn_down.weight"]?.count == 96)
        // A chunk is the model's context, of 64 tokens; a limit of one chunk gives another result.
        let first = try checkpoint.importanceMatrix(measuredOn: text, named: "it", chunks: 1)
        #expect(first?["blk.0.attn_q.weight"] != one["blk.0.attn_q.weight"])
    }

    @Test func shortTextsAreRefused() throws {
        let folder = TemporaryFolder()
        let checkpoint = try checkpoint(folder)
        #expect {
            try checkpoint.importanceMatrix(measuredOn: Array("short".utf8), named: "it")
        } throws: {
            guard case .textTooShort(text: "it", found: _, chunk: 64)? = $0 as? CalibrationError else { return false }
            return "\($0)".hasPrefix("it: expected a text of at least 64 tokens")
        }
        let error = #expect(throws: CalibrationError.self) {
            try checkpoint.importanceMatrix(measuredOn: [], named: "empty.txt")
        }
        #expect(error.map { "\($0)" }?.hasPrefix("empty.txt: expected a text of at least 64 tokens") == true)
    }

    @Test func aCallerCanStop() throws {
        let folder = TemporaryFolder()
        let checkpoint = try checkpoint(folder)
        let text = [UInt8](repeating: 97, count: 1000)
        for limit in 0..<4 {
            var calls = 0
            let result = try checkpoint.importanceMatrix(measuredOn: text, named: "it") { _, _ in
                calls += 1
                return calls <= limit
            }
            #expect(result == nil && calls == limit + 1)
        }
    }

    private struct Golden: Decodable {
        let tokens: Int
        let means: [String: [Double]]
    }

    /// The values of llama-imatrix, which rounds activations to 8 bits in its products.
    @Test(.enabled(if: Fixtures.smolLM2 != nil || Fixtures.required)) func theValuesAreThoseOfLlamaImatrix() throws {
        let golden: Golden = try Goldens.json("smollm2-importance.json")
        let pages = try ["english.txt", "markdown.md", "swift.txt"].flatMap {
            Array(try Data(contentsOf: URL(filePath: Goldens.path("pages/\($0)"))))
        }
        let checkpoint = try Checkpoint(path: #require(Fixtures.smolLM2, "Scripts/fetch-smollm2 fetches it"))
        let found = try #require(try checkpoint.importanceMatrix(measuredOn: pages, named: "pages"))
        #expect(golden.tokens == 1024 && golden.means.count == 120)
        for (name, expected) in golden.means.sorted(by: { $0.key < $1.key }) {
            let all = try #require(found[name])
            let step = all.count / 16
            let own = (0..<16).map { Double(all[$0 * step]) }
            #expect(correlation(own.map { log($0) }, expected.map { log($0) }) > 0.99, "\(name)")
            let ratio = own.reduce(0, +) / expected.reduce(0, +)
            #expect(abs(ratio - 1) < 0.05, "\(name): \(ratio)")
        }
    }

    private func correlation(_ x: [Double], _ y: [Double]) -> Double {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let (dx, dy) = (x.map { $0 - mean(x) }, y.map { $0 - mean(y) })
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        return dot(dx, dy) / (dot(dx, dx) * dot(dy, dy)).squareRoot()
    }
}
