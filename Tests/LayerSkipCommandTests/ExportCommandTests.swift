import Foundation
import LayerSkip
import TestSupport
import Testing

@Suite("The command export")
struct ExportCommandTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles() }

    private func export(_ arguments: String...) throws -> CommandRun { try CommandRun(["export"] + arguments) }

    @Test func aFolderIsAModelForEveryCommand() throws {
        let folder = files.file("folder")
        let written = try export(files.model, "--to", "safetensors", "--output", folder)
        #expect(written.code == 0 && written.output == "", "\(written.errors)")
        #expect(written.errors.contains(folder))
        let back = try export(folder, "--to", "gguf", "--quantize", "f32", "--output", files.file("back.gguf"))
        #expect(back.code == 0, "\(back.errors)")

        let models = [files.model, folder, files.file("back.gguf")]
        let prompts = files.write("{\"prompt\": \"the hare\"}", as: "prompts.jsonl")
        let page = files.write("the hare and the hatter in the morning", as: "page.txt")
        for command in [
            ["generate", "the hare", "--max-tokens", "12"],
            ["verify", "--prompts", prompts, "--exit-layers", "2", "--draft-lengths", "3", "--max-tokens", "12"],
            ["tokenize", "the hare and the hatter"],
        ] {
            let runs = try models.map { try CommandRun(command + ["--model", $0]) }
            for run in runs { #expect(run.code == 0, "\(command): \(run.errors)") }
            #expect(Set(runs.map(\.output)).count == 1, "\(command): \(runs.map(\.output))")
        }
        // Rows in another order are summed in another order.
        let losses = try models.map { model in
            let run = try CommandRun(["evaluate", "--model", model, "--text", page, "--format", "json"])
            let exits = try #require(try run.json["layers"] as? [[String: Any]])
            return try #require(exits.last?["nll"] as? Double)
        }
        #expect(losses.allSatisfy { abs($0 - losses[0]) < 1e-4 * losses[0] })
        let inspected = try CommandRun(["inspect", folder])
        #expect(inspected.code == 0 && inspected.output.contains("safetensors)"))
        #expect(try CommandRun(["inspect", folder, "--format", "json"]).json["gguf_version"] is NSNull)
    }

    @Test func oddMatricesAreNoted() throws {
        let odd = try CommandFiles { $0.feedForwardWidth = 88 }
        let run = try export(odd.model, "--to", "gguf", "--quantize", "q4_0", "--output", odd.file("small.gguf"))
        #expect(run.code == 0)
        #expect(run.errors.contains("note: matrices of 88 columns, no multiple of 32, are F16"))
    }

    @Test func wrongUsageIsCode2() throws {
        let output = files.file("new")
        for (arguments, message) in [
            ([files.model, "--to", "onnx", "--output", output], "onnx"),
            ([files.model, "--to", "gguf"], "--output"),
            ([files.model, "--output", output], "--to"),
            ([files.model, "--to", "gguf", "--quantize", "q5_0", "--output", output], "q5_0"),
            ([files.model, "--to", "safetensors", "--quantize", "q8_0", "--output", output], "--quantize: expected"),
        ] {
            let run = try CommandRun(["export"] + arguments)
            #expect(run.code == 2 && run.errors.contains(message), "\(arguments): \(run.errors)")
        }
    }

    @Test func whatCannotBeReadOrWrittenIsCode1() throws {
        for (source, target, output, message) in [
            ("/no/such/file", "gguf", files.file("new"), "/no/such/file"),
            (files.path, "gguf", files.file("new"), "model.safetensors"),
            (files.model, "gguf", "/no/such/folder/new.gguf", "/no/such/folder/new.gguf"),
            (files.model, "safetensors", files.model, "expected a path where a new folder can be made, found a file"),
            (files.model, "safetensors", files.path, "found a folder that is not empty"),
        ] {
            let run = try export(source, "--to", target, "--output", output)
            #expect(run.code == 1 && run.errors.contains(message), "\(source) to \(output): \(run.errors)")
        }
    }
}
