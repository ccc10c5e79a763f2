import CommandTesting
import Foundation
import LayerSkip
import TestSupport
import Testing

@testable import LayerSkipCommand

/// LoRA from the command line: a trained adapter as a model, with its base, and merged.
@Suite("Adapters of commands")
struct AdapterCommandTests {
    private let files: TrainingFiles

    init() throws { files = try TrainingFiles() }

    private func train(_ run: String, _ arguments: String...) throws -> CommandRun {
        try files.train(
            run,
            ["lora.rank=4", "lora.alpha=64", "optimizer.rate=0.05", "lora.matrices=[q_proj, v_proj, up_proj]"]
                + arguments)
    }

    private func run(_ arguments: String...) throws -> String {
        let run = try CommandRun(arguments)
        #expect(run.code == 0, "\(arguments): \(run.errors)")
        return run.output
    }

    private func text(_ model: String...) throws -> String {
        let generated = try CommandRun(["generate", "--model"] + model + ["the", "--max-tokens", "12"])
        #expect(generated.code == 0, "\(generated.errors)")
        return generated.output
    }

    /// The folder of an adapter often has the chat template that it was trained with, and how its base was quantized.
    @Test func anAdaptersFolderHasItsOwnTemplate() throws {
        #expect(try train("a").code == 0)
        let (trained, folder) = (files.output("a") + "/newest", files.output("ad"))
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        func copy(_ names: String...) throws {
            for name in names { try manager.copyItem(atPath: "\(trained)/\(name)", toPath: "\(folder)/\(name)") }
        }
        func write(_ text: String, _ name: String) throws {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        try copy("adapter_config.json", "adapter_model.safetensors")
        #expect(try Checkpoint(path: folder).chatTemplate == Checkpoint(path: files.model).chatTemplate)
        try write("own {{ messages[0].content }}", "chat_template.jinja")
        let opened = try Checkpoint(path: folder)
        #expect(opened.chatTemplate == "own {{ messages[0].content }}")
        let notes = try CheckpointSummary(opened).assumptions
        #expect(notes == ["the chat template is that of the adapter's folder, \(folder)"])
        try copy("tokenizer.json")
        let configuration = try String(contentsOfFile: "\(trained)/config.json", encoding: .utf8)
        try write(
            #"{"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": true}, "#
                + configuration.drop { $0 != "{" }.dropFirst(), "config.json")
        #expect(try text(folder) == text(trained))
    }

    @Test func everyCommandTakesAnAdapter() throws {
        let trained = try train("a")
        #expect(trained.code == 0, "\(trained.errors)")
        let adapter = files.output("a") + "/newest"
        let names = try FileManager.default.contentsOfDirectory(atPath: adapter)
        #expect(names.contains("adapter_model.safetensors") && !names.contains("model.safetensors"))

        let adapted = try text(adapter)
        #expect(try text(files.model, "--adapter", adapter) == adapted)
        #expect(try text(files.model) != adapted)
        for (target, output) in [("safetensors", "merged"), ("gguf", "merged.gguf")] {
            _ = try run("export", adapter, "--to", target, "--output", files.output(output))
            #expect(try text(files.output(output)) == adapted)
        }
        _ = try run(
            "export", files.model, "--adapter", adapter, "--to", "safetensors", "--output", files.output("other"))
        let weights = try ["merged", "other"].map {
            try Data(contentsOf: URL(filePath: files.output($0) + "/model.safetensors"))
        }
        #expect(weights[0] == weights[1])
        #expect(try run("inspect", adapter, "--tensors").contains("lora_A"))
        #expect(try run("tokenize", "--model", adapter, "the") == run("tokenize", "--model", files.model, "the"))
        let prompts = files.write(Array(#"{"prompt": "the"}"#.utf8), as: "prompts.jsonl")
        _ = try run(
            "verify", "--model", adapter, "--prompts", prompts, "--max-tokens", "8", "--exit-layers", "1",
            "--draft-lengths", "2")
        // Training goes on from the merged model.
        #expect(try files.train("b", "model.start=\(adapter)").code == 0)
        let twice = try train("c", "model.start=\(adapter)")
        #expect(twice.errors.contains("model.start: expected a whole model"), "\(twice.errors)")
    }

    @Test func whatDoesNotFitIsAnErrorThatNamesIt() throws {
        #expect(try train("a").code == 0)
        let adapter = files.output("a") + "/newest"
        func errors(_ arguments: String...) throws -> String {
            let run = try CommandRun(arguments)
            #expect(run.code != 0)
            return run.errors
        }
        #expect(try errors("generate", "--adapter", adapter, "the").contains("--adapter: expected --model with it"))
        #expect(
            try errors("generate", "--model", files.model, "--adapter", files.model, "the")
                .contains("expected the folder of an adapter, with adapter_config.json"))
        let path = "\(adapter)/adapter_config.json"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\"r\" : 4", with: "\"r\" : 4, \"use_dora\" : true").write(
            toFile: path, atomically: true, encoding: .utf8)
        #expect(try errors("generate", "--model", adapter, "the").contains("key \"use_dora\""))
        try text.replacing(files.model, with: "/no/model").write(toFile: path, atomically: true, encoding: .utf8)
        #expect(
            try errors("generate", "--model", adapter, "the").contains(
                "key \"base_model_name_or_path\": expected the path or cached hub name of the base model"))
        #expect(try self.text(files.model, "--adapter", adapter).isEmpty == false)
        // A run does not resume on another base.
        let other = try train("a", "model.start=\(files.model)", "steps=6")
        #expect(other.code == 0)
    }

    /// An adapter and its base are inputs, whichever of them is named.
    @Test func outputsReplaceNeitherAdapterNorBase() throws {
        #expect(try train("a").code == 0)
        let adapter = files.output("a") + "/newest"
        let weights = "\(adapter)/adapter_model.safetensors"
        let prompts = files.write(Array("the\n".utf8), as: "p.txt")
        let task = files.write(
            Array(#"{"question": "the", "choices": ["a", "b"], "answer": 0}"#.utf8), as: "task.jsonl")
        let both = ["--model", files.model, "--adapter", adapter]
        for (model, output, found) in [
            (both, weights, "the adapter that is read"), (["--model", adapter], weights, "the model that is read"),
            (["--model", adapter], files.model, "the base model of the adapter that is read"),
        ] {
            for command in [
                ["generate", "the", "--picture", output],
                ["generate", "--prompts", prompts, "--overwrite", "--output", output],
                ["evaluate", "--task", task, "--details", output],
            ] {
                let run = try CommandRun(command + model)
                let message = "expected an output that is not also an input, found \(found)"
                #expect(run.code == 1 && run.errors.contains(message), "\(command): \(run.errors)")
            }
        }
    }

    /// The options of a run's length, from the command line.
    @Test func runsAreExtendedAndSampled() throws {
        let schedule = [
            "optimizer.decay=linear", "optimizer.decay_steps=2", "samples.prompts=[the, a]", "samples.tokens=5",
        ]
        #expect(try files.train("whole", schedule + ["steps=9"]).code == 0)
        #expect(try files.train("parts", schedule + ["steps=5"]).code == 0)
        let extended = try files.train("parts", schedule + ["steps=9"])
        #expect(extended.code == 0, "\(extended.errors)")
        #expect(extended.errors.contains("the run has another length: it continues from step"), "\(extended.errors)")
        try files.expectSameBits("parts", "whole")
        let page = try String(contentsOfFile: files.output("whole") + "/report.html", encoding: .utf8)
        #expect(page.contains("Texts after step 9") && page.contains("<b>the</b>"))
        let plain = try files.train("plain", "validation=none", "steps=2")
        #expect(plain.code == 0, "\(plain.errors)")
        #expect(!plain.errors.contains("validation after step"))
        let both = try files.train("both", "epochs=2", "steps=4")
        #expect(both.errors.contains("steps: expected no value, since epochs has one"), "\(both.errors)")
    }
}
