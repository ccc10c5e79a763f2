import CommandTesting
import CheckpointFiles
import TensorCore
import Foundation
import TestSupport
import Testing

@Suite("inspect")
struct InspectCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles { $0.layers = 12 } }

    @Test func tensorsOfLayersShareARow() throws {
        let rows = try CommandRun(["inspect", files.model]).output.split(separator: "\n").filter { $0.hasPrefix("  ") }
        // Nine tensors of each layer, the embedding and the final norm.
        #expect(rows.count == 11)
        #expect(rows.contains("    F32  64 x 64  \"blk.[0...11].attn_q.weight\""), "\(rows)")
        let all = try CommandRun(["inspect", files.model, "--tensors"]).output
        let names = all.split(separator: "\n").filter { $0.hasSuffix(".attn_q.weight\"") }.map {
            $0.split(separator: "\"")[1]
        }
        #expect(names == (0..<12).map { "blk.\($0).attn_q.weight" })
        let json = try CommandRun(["inspect", files.model, "--format", "json"]).json
        #expect((json["tensors"] as? [Any])?.count == 2 + 12 * 9 && json["cannot_run"] is NSNull)
    }

    /// Formats may alternate between layers, and experts are numbered too.
    @Test func rowsDifferByFormatAndShape() throws {
        var writer = GGUFWriter()
        writer.metadata["general.architecture"] = .string("mixtral")
        for layer in 0..<5 {
            let dtype = layer == 3 ? "F16" : "F32"
            writer.add(
                "blk.\(layer).w", layer == 3 ? .f16 : .f32, shape: [2],
                bytes: [UInt8](repeating: 0, count: dtype == "F16" ? 4 : 8))
            for expert in 0..<3 { writer.add("blk.\(layer).e.\(expert).w", .f32, shape: [1], bytes: [0, 0, 0, 0]) }
        }
        let path = files.file("experts.gguf")
        try writer.write(to: path)
        let run = try CommandRun(["inspect", path])
        let rows = run.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
        #expect(run.code == 0)
        #expect(
            rows == [
                "    F32  1  \"blk.[0...4].e.[0...2].w\"", "    F32  2  \"blk.[0...2,4].w\"",
                "    F16  2  \"blk.3.w\"",
            ], "\(rows)")
    }

    @Test func modelsThatCannotBeRunAreShown() throws {
        let folder = files.file("model")
        #expect(try CommandRun(["export", files.model, "--to", "safetensors", "--output", folder]).code == 0)
        let configuration = folder + "/config.json"
        let text = try TextFile.text(configuration).replacing("\"llama\"", with: "\"cohere\"")
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
        let refusal = "\(configuration): key \"model_type\": expected a supported architecture (llama, "
        let prompts = files.write("{\"prompt\": \"a\"}", as: "prompts.jsonl")
        let page = files.write("a page of text", as: "page.txt")
        for command in [
            ["generate", "a", "--model"], ["evaluate", "--text", page, "--model"],
            ["verify", "--prompts", prompts, "--exit-layers", "1", "--draft-lengths", "1", "--model"],
            ["tokenize", "a", "--model"], ["chat", "--model"],
            ["benchmark", "--prompts", prompts, "--exit-layer", "1", "--draft-length", "1", "--model"],
            ["export", "--to", "gguf", "--output", files.file("out.gguf")],
        ] {
            let run = try CommandRun(command + [folder])
            #expect(run.code == 1 && run.output == "", "\(command): \(run.errors)")
            #expect(
                run.errors.hasPrefix("error: \(refusal)") && run.errors.contains("found \"cohere\""), "\(run.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: files.file("out.gguf")))
        let shown = try CommandRun(["inspect", folder])
        #expect(shown.code == 0 && shown.errors == "")
        #expect(
            shown.output.contains("\ncannot be run: \(refusal)") && shown.output.contains("\nlayers         12, 64"))
        let json = try CommandRun(["inspect", folder, "--format", "json"]).json
        #expect((json["cannot_run"] as? String)?.hasPrefix(refusal) == true)
        #expect(json["architecture"] as? String == "cohere" && json["layers"] as? Int == 12)
        #expect((json["tensors"] as? [Any])?.count == 2 + 12 * 9)
    }

    /// What is not known is left out of the text, and null in JSON.
    @Test func aSingleSafetensorsFileIsShown() throws {
        let header = #"{"w":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}"#
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        let path = files.write(length + Array(header.utf8) + [0, 0, 0, 0], as: "part.safetensors")
        let run = try CommandRun(["inspect", path])
        #expect(run.code == 0)
        #expect(
            run.output == """
                file           \(path) (0.0 MB, safetensors)
                cannot be run: \(path): file signature: expected GGUF, found a safetensors file; pass the model's \
                folder, which has config.json and tokenizer.json too
                architecture   unknown
                parameters     0.0 million
                tokenizer      none
                chat template  none
                speculation    not set
                tensors        1 I32 (0.0 MB)
                    I32  1 number  "w"

                """)
        let json = try CommandRun(["inspect", path, "--format", "json"]).json
        for key in ["architecture", "name", "layers", "heads", "context", "gguf_version"] {
            #expect(json[key] is NSNull, "\(key)")
        }
    }

    @Test func whatCannotBeParsedIsAnError() throws {
        for path in [files.write([1, 2, 3], as: "damaged"), files.file("missing"), "meta-llama/Llama-3.2-1B"] {
            let run = try CommandRun(["inspect", path])
            #expect(run.code == 1 && run.output == "" && run.errors.hasPrefix("error: \(path): "), "\(run.errors)")
        }
    }
}
