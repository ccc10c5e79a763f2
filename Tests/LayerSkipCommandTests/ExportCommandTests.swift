import CommandTesting
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
        // With rows in another order, sums have another order.
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

    /// By default the mean error and the largest ones; with --tensors, all.
    @Test func errorsOfTensorsAreShown() throws {
        let (small, other) = (files.file("small.gguf"), files.file("other.gguf"))
        let run = try export(files.model, "--to", "gguf", "--quantize", "Q4_0", "--output", small, "--threads", "2")
        #expect(run.code == 0 && run.output == "", "\(run.errors)")
        let count = 4 * 7 + 1
        #expect(run.errors.contains("relative error of \(count) quantized tensors: "))
        #expect(run.errors.components(separatedBy: "\n").count < 6)
        let arguments = ["--layers", "0-2=q8_0", "--layers", "1=q4_1", "--layers", "head=f16", "--tensors"]
        let all = try CommandRun(
            ["export", files.model, "--to", "gguf", "--quantize", "q4_0", "--output", other] + arguments)
        #expect(all.code == 0, "\(all.errors)")
        let rows = all.errors.split(separator: "\n").filter { $0.hasPrefix("  ") }
        #expect(rows.count == 4 * 7)
        for (layer, format) in ["Q8_0", "Q4_1", "Q8_0", "Q4_0"].enumerated() {
            let own = rows.filter { $0.contains("\"blk.\(layer).") }
            #expect(own.count == 7 && own.allSatisfy { $0.contains(format) && $0.contains(" %") }, "\(own)")
        }
        let inspected = try CommandRun(["inspect", other]).output
        #expect(inspected.contains("1 F16 (") && inspected.contains("7 Q4_0 (") && inspected.contains("14 Q8_0 ("))
    }

    /// The models in the goldens and in this test have the same shapes.
    @Test func anImportanceMatrixIsUsed() throws {
        let wide = try CommandFiles { tiny in tiny.widen(to: 256) }
        let matrix = Fixtures.repository + "/Tests/Goldens/importance"
        var written: [Data] = []
        for arguments in [[], ["--imatrix", matrix + ".gguf"], ["--imatrix", matrix + ".dat"]] {
            let output = wide.file("small.gguf")
            let run = try CommandRun(
                ["export", wide.model, "--to", "gguf", "--quantize", "q4_0", "--output", output] + arguments)
            #expect(run.code == 0, "\(run.errors)")
            written.append(try Data(contentsOf: URL(filePath: output)))
        }
        // The older format rounds otherwise.
        #expect(written[1].count == written[2].count && written[0] != written[1] && written[0] != written[2])
        let run = try export(
            files.model, "--to", "gguf", "--quantize", "q4_0", "--imatrix", matrix + ".dat", "--output",
            files.file("new"))
        #expect(run.code == 1 && run.errors.contains("importance of \"blk.0.attn_q.weight\": expected 64 columns"))
    }

    /// A file's own exit layer and draft length are used unless options override them.
    @Test func aFileSaysHowItSpeculatesBest() throws {
        let (silent, saying) = (files.model, files.file("saying.gguf"))
        let setting = ["--exit-layer", "3", "--draft-length", "2"]
        #expect(try CommandRun(["export", silent, "--to", "gguf", "--output", saying] + setting).code == 0)
        let inspected = try CommandRun(["inspect", saying, "--format", "json"]).json
        #expect(inspected["exit_layer"] as? Int == 3 && inspected["draft_length"] as? Int == 2)
        #expect(try CommandRun(["inspect", saying]).output.contains("exit layer 3, draft length 2"))

        func generate(_ model: String, _ arguments: String...) throws -> (text: String, drafted: Int) {
            let command = ["generate", "the hare", "--max-tokens", "12", "--format", "json", "--model", model]
            let json = try CommandRun(command + arguments).json
            let statistics = try #require(json["statistics"] as? [String: Any])
            return (try #require(json["text"] as? String), try #require(statistics["drafted"] as? Int))
        }
        let plain = try generate(silent, "--strategy", "plain")
        #expect(plain.drafted == 0)
        // How much is drafted by default depends on the machine.
        #expect(try generate(silent).text == plain.text && generate(saying).text == plain.text)
        let drafting = try generate(saying, "--strategy", "self-speculative")
        #expect(drafting.text == plain.text && drafting.drafted > 0)
        #expect(try generate(saying, "--strategy", "plain") == plain)
        #expect(try generate(silent, "--exit-layer", "3", "--draft-length", "2") == drafting)

        let prompts = files.write("{\"prompt\": \"the hare\"}", as: "prompts.jsonl")
        let benchmark = ["benchmark", "--prompts", prompts, "--max-tokens", "4", "--rounds", "1", "--model"]
        #expect(try CommandRun(benchmark + [saying]).code == 0)
        let strategy = ["--strategy", "self-speculative"]
        for (arguments, missing) in [(strategy, "--exit-layer"), (["--exit-layer", "3"], "--draft-length")] {
            let unsaid = try CommandRun(benchmark + [silent] + arguments)
            #expect(unsaid.code == 1 && unsaid.errors.contains("\(missing), or a model whose metadata sets it"))
        }
        let verify = ["verify", "--prompts", prompts, "--max-tokens", "8", "--model"]
        #expect(try CommandRun(verify + [saying]).output.hasPrefix("1 case, 1 with equal tokens"))
        #expect(
            try CommandRun(verify + [silent, "--strategy", "self-speculative"]).errors.contains(
                "--exit-layers, or a model whose metadata sets it"))

        // An export to a folder loses the setting, with a note. A file made from a file keeps it, and its name unless a
        // new one is given.
        let lost = try export(saying, "--to", "safetensors", "--output", files.file("folder"))
        #expect(lost.code == 0 && lost.errors.contains("note: a folder has no place"))
        let kept = files.file("kept.gguf")
        #expect(try export(saying, "--to", "gguf", "--name", "Renamed", "--output", kept).code == 0)
        let again = try CommandRun(["inspect", kept, "--format", "json"]).json
        #expect(again["exit_layer"] as? Int == 3 && again["name"] as? String == "Renamed")
    }

    /// What is measured can be kept, and gives the same file when it is read again.
    @Test func importanceIsMeasured() throws {
        let page = files.write(String(repeating: "the hare and the hatter in the morning. ", count: 60), as: "page.txt")
        let (first, second, matrix) = (files.file("1.gguf"), files.file("2.gguf"), files.file("importance.gguf"))
        let base = ["export", files.model, "--to", "gguf", "--quantize", "q4_0", "--output"]
        let run = try CommandRun(base + [first, "--calibrate", page, "--save-imatrix", matrix])
        #expect(run.code == 0 && run.errors.contains("importance of 28 tensors"), "\(run.errors)")
        #expect(try CommandRun(base + [second, "--imatrix", matrix]).code == 0)
        func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }
        #expect(try bytes(first) == bytes(second))
        #expect(try CommandRun(base + [second]).code == 0)
        #expect(try bytes(first) != bytes(second))
        let before = try bytes(files.model)
        for (arguments, message) in [
            (["--calibrate", page, "--save-imatrix", page], "the text that is measured on"),
            (["--calibrate", page, "--save-imatrix", files.model], "the model that is read"),
            (["--calibrate", files.write("short", as: "short.txt")], "expected a text of at least"),
        ] {
            let wrong = try CommandRun(base + [files.file("3.gguf")] + arguments)
            #expect(wrong.code == 1 && wrong.errors.contains(message), "\(wrong.errors)")
        }
        #expect(try bytes(files.model) == before && !FileManager.default.fileExists(atPath: files.file("3.gguf")))
    }

    /// A text from standard input has no path, whatever files are called.
    @Test func theTextIsStandardInput() throws {
        let page = String(repeating: "the hare and the hatter in the morning. ", count: 60)
        let names = ["standard input", "new.gguf"]
        for name in names {
            let run = try CommandRun(
                script: """
                    cd "$1" && touch "standard input" && "$LAYERSKIP" export tiny.gguf --to gguf --quantize q4_0 \
                        --calibrate - --output "$2"
                    """, [files.path, name], input: page)
            #expect(run.code == 0, "\(run.errors)")
        }
        let written = try names.map { try Data(contentsOf: URL(filePath: files.file($0))) }
        #expect(written[0] == written[1] && written[0].count > 1000)
        // If it is a file, that is found.
        let run = try CommandRun(
            script: """
                "$LAYERSKIP" export "$1" --to gguf --quantize q4_0 --calibrate - --output "$2" < "$2"
                """, [files.model, files.write(page, as: "page.txt")])
        #expect(run.code == 1 && run.errors.contains("found the text that is measured on"), "\(run.errors)")
    }

    @Test func wrongUsageIsCode2() throws {
        let output = files.file("new")
        for (arguments, message) in [
            ([files.model, "--to", "onnx", "--output", output], "onnx"),
            ([files.model, "--to", "gguf"], "--output"),
            ([files.model, "--output", output], "--to"),
            ([files.model, "--to", "gguf", "--quantize", "q8_1", "--output", output], "- q8_0"),
            ([files.model, "--to", "gguf", "--layers", "0=q8_0", "--output", output], "--layers: expected --quantize"),
            ([files.model, "--to", "gguf", "--imatrix", "x", "--output", output], "--imatrix: expected --quantize"),
            (
                [files.model, "--to", "gguf", "--calibrate", "x", "--output", output],
                "--calibrate: expected --quantize"
            ),
            (
                [files.model, "--to", "gguf", "--quantize", "q4_0", "--imatrix", "x", "--calibrate", "y", "--output"]
                    + [output],
                "--calibrate: expected no --imatrix"
            ),
            (
                [files.model, "--to", "gguf", "--quantize", "q4_0", "--save-imatrix", "x", "--output", output],
                "--save-imatrix: expected --calibrate"
            ),
            (
                [files.model, "--to", "safetensors", "--quantize", "f16", "--layers", "0=q8_0", "--output", output],
                "--layers: expected one of the formats f32, f16, bf16 for safetensors, found Q8_0"
            ),
            ([files.model, "--to", "gguf", "--threads", "0", "--output", output], "--threads: expected 1...1024"),
            ([files.model, "--to", "safetensors", "--quantize", "q8_0", "--output", output], "--quantize: expected"),
            (
                [files.model, "--to", "gguf", "--exit-layer", "1", "--output", output],
                "--exit-layer: expected --draft-length"
            ),
            (
                [files.model, "--to", "safetensors", "--exit-layer", "1", "--draft-length", "1", "--output", output],
                "--exit-layer: expected --to gguf"
            ),
            ([files.model, "--to", "safetensors", "--name", "a", "--output", output], "--name: expected --to gguf"),
            (
                [files.model, "--to", "gguf", "--exit-layer", "0", "--draft-length", "1", "--output", output],
                "exit layer: expected 1 or more, found 0"
            ),
            (
                [files.model, "--to", "gguf", "--exit-layer", "1", "--draft-length", "129", "--output", output],
                "draft length: expected 0...128, found 129"
            ),
        ] {
            let run = try CommandRun(["export"] + arguments)
            #expect(run.code == 2 && run.errors.contains(message), "\(arguments): \(run.errors)")
        }
    }

    /// The text does not exist, and is not even looked for.
    @Test func bothOutputsNeedTheirOwnPlaces() throws {
        let base = [files.model, "--to", "gguf", "--quantize", "q4_0", "--calibrate", files.file("none")]
        for (matrix, arguments) in [
            ("new.gguf", []), ("./new.gguf", []), ("new-00002-of-00007.gguf", ["--split-size", "100k"]),
        ] {
            let outputs = ["--save-imatrix", files.file(matrix), "--output", files.file("new.gguf")]
            let run = try CommandRun(["export"] + base + arguments + outputs)
            #expect(run.code == 2 && run.errors.contains("--save-imatrix: expected another place"), "\(run.errors)")
        }
    }

    /// A place that cannot be written to is found before the measurement, for which this text is too short.
    @Test func placesAreCheckedBeforeTheMeasurement() throws {
        let page = files.write("short", as: "short.txt")
        let (place, other) = (files.file("none/new.gguf"), files.file("new.gguf"))
        let base = [files.model, "--to", "gguf", "--quantize", "q4_0", "--calibrate", page]
        for arguments in [
            ["--output", place], ["--output", place, "--split-size", "100k"],
            ["--output", other, "--save-imatrix", place],
        ] {
            let run = try CommandRun(["export"] + base + arguments)
            #expect(run.code == 1 && run.errors.contains("expected a place to write to"), "\(run.errors)")
        }
    }

    @Test func tensorsNeedARecipe() throws {
        let run = try export(files.model, "--to", "gguf", "--tensors", "--output", files.file("new"))
        #expect(run.code == 2 && run.errors.contains("--tensors: expected --quantize"), "\(run.errors)")
    }

    @Test(arguments: [
        "q8_0", "0-=q8_0", "3-1=q8_0", "0-1-2=q8_0", "tail=q8_0", "head=q9", "head", "0=", "=q8_0",
    ])
    func wrongPartsAreCode2(part: String) throws {
        let run = try export(
            files.model, "--to", "gguf", "--quantize", "q4_0", "--layers", part, "--output", files.file("new"))
        #expect(run.code == 2 && run.errors.contains("expected"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: files.file("new")))
    }

    @Test func layersThatTheModelDoesNotHaveAreCode1() throws {
        let run = try export(
            files.model, "--to", "gguf", "--quantize", "q4_0", "--layers", "2-4=q8_0", "--output", files.file("new"))
        #expect(run.code == 1 && run.errors.contains("expected layers in 0...3, found 2...4"), "\(run.errors)")
    }

    @Test func anExitThatTheModelDoesNotHaveIsCode1() throws {
        let output = files.file("new")
        let run = try export(
            files.model, "--to", "gguf", "--exit-layer", "5", "--draft-length", "1", "--output", output)
        #expect(run.code == 1 && run.errors.contains("exit layer: expected 1...4, found 5"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: output))
    }

    @Test func whatCannotBeReadOrWrittenIsCode1() throws {
        for (source, target, output, message) in [
            ("/no/such/file", "gguf", files.file("new"), "/no/such/file"),
            (files.path, "gguf", files.file("new"), "model.safetensors"),
            (files.model, "gguf", "/no/such/folder/new.gguf", "/no/such/folder/new.gguf"),
            (
                files.model, "safetensors", files.write("x", as: "file"),
                "expected a path where a new folder can be made, found a file"
            ),
            (files.model, "safetensors", files.path, "found a folder that is not empty"),
        ] {
            let run = try export(source, "--to", target, "--output", output)
            #expect(run.code == 1 && run.errors.contains(message), "\(source) to \(output): \(run.errors)")
        }
    }
}
