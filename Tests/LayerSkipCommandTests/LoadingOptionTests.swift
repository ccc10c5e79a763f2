import CommandTesting
import TestSupport
import Testing

@Suite("Options for loading")
struct LoadingOptionTests {
    private func generate(
        _ files: CommandFiles, _ options: [String], command: [String] = ["generate", "Hello"]
    ) throws -> CommandRun {
        try CommandRun(
            command + ["--model", files.model] + options, environment: ["XDG_CACHE_HOME": files.file("cache")])
    }

    @Test func packedWeightsAreKept() throws {
        let files = try CommandFiles()
        let runs = try [[], ["--keep-packed"], ["--keep-packed"]].map {
            try generate(files, $0 + ["--max-tokens", "8"])
        }
        #expect(runs.allSatisfy { $0.code == 0 && $0.output == runs[0].output })
        let place = "\(files.file("cache"))/layerskip/tiny.gguf-"
        #expect(runs[1].errors.contains("note: packed weights kept in \(place)"))
        #expect(runs[2].errors.contains("note: packed weights mapped from \(place)"))
        #expect(!runs[0].errors.contains("packed"))
    }

    @Test func quantizationIsSaid() throws {
        let files = try CommandFiles()
        for command in [["generate", "Hello"], ["evaluate", "--text", files.write("A short text.", as: "text")]] {
            let run = try generate(files, ["--quantize", "q8_0"], command: command)
            #expect(run.code == 0, "\(run.errors)")
            #expect(
                run.errors.contains("note: quantization q8_0: 29 matrices to Q8_0 while loading\n"), "\(run.errors)")
        }
    }

    @Test func layersHaveAnotherFormat() throws {
        let files = try CommandFiles()
        let run = try generate(files, ["--quantize", "q8_0", "--layers", "1-2=f16", "--layers", "head=f32"])
        #expect(
            run.errors.contains("note: quantization q8_0: 1 matrix to F32, 14 to F16 and 14 to Q8_0 while loading\n"),
            "\(run.errors)")
    }

    /// The copy and the vocabulary change nothing in the text.
    @Test func drafts() throws {
        let files = try CommandFiles()
        let plain = try generate(files, ["--strategy", "plain", "--max-tokens", "20"])
        for options in [
            ["--draft-quantize", "q8_0"], ["--draft-vocabulary", "30"], ["--draft-vocabulary", "full"],
            ["--draft-vocabulary", "9", "--exit-layer", "2"], ["--draft-quantize", "none"],
        ] {
            let run = try generate(files, options + ["--max-tokens", "20"])
            #expect(run.code == 0 && run.output == plain.output, "\(options): \(run.errors)")
            #expect(run.errors.contains("a copy of the weights in q8_0 drafts") == (options[1] == "q8_0"))
            // Without layers or a copy that draft, a vocabulary is not used.
            #expect(run.errors.contains("--draft-vocabulary is not used") == (options.last == "30"), "\(run.errors)")
        }
    }

    @Test func withoutLookups() throws {
        let files = try CommandFiles()
        let plain = try generate(files, ["--strategy", "plain", "--max-tokens", "20"])
        for (options, hasNone) in [
            (["--no-draft-lookup"], true), (["--no-draft-lookup", "--exit-layer", "2,3"], false),
            (["--draft-lookup"], false),
        ] {
            let run = try generate(files, options + ["--max-tokens", "20"])
            #expect(run.code == 0 && run.output == plain.output, "\(options): \(run.errors)")
            #expect(run.errors.contains("leaves nothing that drafts") == hasNone, "\(run.errors)")
        }
    }

    @Test(arguments: [
        (["--no-draft-lookup", "--strategy", "plain"], "--no-draft-lookup: expected --strategy auto with it"),
        (["--draft-quantize", "q9"], "expected auto, none or one of f32"),
        (["--draft-quantize", "q8_0", "--strategy", "plain"], "--draft-quantize: expected --strategy auto with it"),
        (["--draft-quantize", "q8_0", "--exit-layer", "1"], "--draft-quantize: expected --strategy auto with it"),
        (
            ["--draft-vocabulary", "9", "--acceptance", "rejection"],
            "--draft-vocabulary: expected --acceptance coupled with a number of tokens"
        ),
        (["--draft-vocabulary", "0"], "expected auto, full or a number of 1 or more, found \"0\""),
        (["--draft-vocabulary", "9", "--strategy", "early-exit"], "--draft-vocabulary: expected --strategy auto or"),
    ]) func wrongDrafts(options: [String], message: String) throws {
        let run = try generate(try CommandFiles(), options)
        #expect(run.code == 2 && run.errors.contains(message), "\(run.errors)")
    }

    @Test func wrongUse() throws {
        let files = try CommandFiles()
        let unknown = try generate(files, ["--quantize", "q9"])
        #expect(unknown.code == 2 && unknown.errors.contains("q8_0"))
        let lonely = try generate(files, ["--layers", "0=q8_0"])
        #expect(lonely.code == 2 && lonely.errors.contains("--layers: expected --quantize with it, found none"))
        let beyond = try generate(files, ["--quantize", "q8_0", "--layers", "0-4=f16"])
        #expect(beyond.code == 1 && beyond.errors.contains("expected layers in 0...3, found 0...4"))
        let builtIn = try CommandRun(["generate", "Hello", "--keep-packed"])
        #expect(builtIn.code == 2 && builtIn.errors.contains("--keep-packed: expected --model with it, found none"))
    }

    /// A model runs even if its packed weights cannot be kept.
    @Test func aCacheThatCannotBeWritten() throws {
        let files = try CommandFiles()
        _ = files.write("a file", as: "cache")
        let run = try generate(files, ["--keep-packed", "--max-tokens", "8"])
        #expect(run.code == 0 && run.errors.contains("note: the packed weights are not kept: \(files.file("cache"))"))
    }
}
