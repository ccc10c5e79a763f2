import CommandTesting
import CheckpointFiles
import Foundation
import LanguageModels
import TensorCore
import TestSupport
import Testing
import TokenDecoding

@testable import LayerSkip

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("tune")
struct TuneCommandTests {
    private let files: CommandFiles
    private let prompts: String

    init() throws {
        files = try CommandFiles()
        prompts = files.write(
            "{\"prompt\": \"Once upon a time\"}\n{\"prompt\": \"def main():\"}\n", as: "prompts.jsonl")
    }

    private func tune(_ arguments: String..., from model: String? = nil) throws -> CommandRun {
        try CommandRun(
            [
                "tune", "--model", model ?? files.model, "--prompts", prompts, "--rounds", "1", "--cost-rounds", "1",
                "--max-tokens", "24",
                "--draft-lengths", "1,2,5", "--threads", "1",
            ] + arguments, environment: cache)
    }

    /// A model whose exits agree with its last layer, and are much faster.
    private static func agreeing() throws -> CommandFiles {
        try CommandFiles {
            $0.layers = 24
            $0.blockSize = 0.01
        }
    }

    /// Tunes until a setting is measured as faster, which other programs may prevent.
    private func recommend(_ arguments: String..., from model: String) throws -> [String: Any] {
        for _ in 0..<5 {
            let run = try CommandRun(
                [
                    "tune", "--model", model, "--prompts", prompts, "--rounds", "3", "--cost-rounds", "3",
                    "--max-tokens", "48", "--draft-lengths", "1,2,5", "--threads", "1", "--exit-layers", "1,2",
                    "--format", "json",
                ] + arguments, environment: cache)
            let json = try run.json
            if json["recommended"] is [String: Any] { return json }
        }
        return [:]
    }

    private var cache: [String: String] { ["XDG_CACHE_HOME": files.file("cache")] }

    @Test func jsonHasEveryFigure() throws {
        let json = try tune("--format", "json", "--temperature", "0.8", "--seed", "3").json
        #expect(
            Set(json.keys) == [
                "texts", "tokens", "temperature", "seed", "plain_tokens_per_second", "exits", "cells", "lookups",
                "copies", "searched",
                "draft_vocabulary", "recommended", "refuted", "auto", "saved", "kernels", "threads",
            ])
        #expect(json["texts"] as? Int == 2 && json["seed"] as? Int == 3 && json["temperature"] as? Double == 0.8)
        let exits = try #require(json["exits"] as? [[String: Any]])
        #expect(exits.map { $0["exit_layer"] as? Int } == [1, 2, 3])
        #expect(exits.allSatisfy { (0...1).contains($0["agreement"] as? Double ?? -1) })
        let cells = try #require(json["cells"] as? [[String: Any]])
        #expect(cells.count == 9)
        for cell in cells {
            #expect(
                Set(cell.keys) == [
                    "exit_layer", "draft_length", "rounds", "drafted", "accepted", "acceptance_rate",
                    "predicted_speedup",
                ])
        }
        let lookups = try #require(json["lookups"] as? [[String: Any]])
        #expect(lookups.count == 3 && lookups.allSatisfy { $0["exit_layer"] is NSNull })
        let vocabulary = try #require(json["draft_vocabulary"] as? [String: Any])
        let coverage = try #require(vocabulary["coverage"] as? [[String: Any]])
        #expect(coverage.map { $0["tokens"] as? Int } == [20, 40, 80, 160])
        #expect(json["saved"] is NSNull)
        // Only what is measured as faster is recommended.
        for (key, isFaster) in [("recommended", true), ("refuted", false)] {
            guard let setting = json[key] as? [String: Any] else { continue }
            let measured = try #require(setting["measured_speedup"] as? [String: Any])
            #expect((try #require(measured["median"] as? Double) > 1) == isFaster)
        }
        let auto = try #require(json["auto"] as? [String: Any])
        let statedSources = try #require(auto["sources"] as? [String])
        #expect(statedSources.allSatisfy { DraftSource(rawValue: $0) != nil })
        let speedup = try #require(auto["measured_speedup"] as? [String: Any])
        #expect(try #require(speedup["median"] as? Double) > 0)
    }

    @Test func csvAndPictureHaveEveryCell() throws {
        let (csv, svg) = (files.file("sweep.csv"), files.file("sweep.svg"))
        let run = try tune("--csv", csv, "--svg", svg, "--format", "json")
        #expect(run.code == 0, "\(run.errors)")
        let json = try #require(try run.json["cells"] as? [[String: Any]])
        let lines = try TextFile.text(csv).split(separator: "\n").map { $0.split(separator: ",") }
        #expect(
            lines.first?.joined(separator: ",")
                == "exit_layer,num_speculations,acceptance_rate,total_time,time_per_token,tokens_per_second,"
                + "predicted_speedup")
        #expect(lines.count == 10 && lines.allSatisfy { $0.count == 7 })
        for (line, cell) in zip(lines.dropFirst(), json) {
            let numbers = line.compactMap { Double($0) }
            #expect(numbers.count == 7)
            #expect(numbers[0] == Double(cell["exit_layer"] as? Int ?? 0))
            #expect(numbers[1] == Double(cell["draft_length"] as? Int ?? 0))
            #expect(abs(numbers[2] - (cell["acceptance_rate"] as? Double ?? -1)) < 1e-12)
            #expect(abs(numbers[4] * numbers[5] - 1) < 1e-9)
            #expect(abs(numbers[6] - (cell["predicted_speedup"] as? Double ?? -1)) < 1e-12)
        }
        let picture = try #require(HeatMap(try TextFile.text(svg)))
        #expect(picture.cells.count == 9)
        for (title, cell) in zip(picture.cells, json) {
            let (exit, length) = (cell["exit_layer"] as? Int ?? 0, cell["draft_length"] as? Int ?? 0)
            #expect(title.hasPrefix("exit layer \(exit), draft length \(length): "))
        }
        let best = try [run.json["recommended"], run.json["refuted"]].filter { !($0 is NSNull) }
        #expect(picture.bestCount == best.count)
    }

    /// All settings that are predicted to gain half of the best one's gain or more, and no others.
    @Test func searchRunsOtherSettings() throws {
        let files = try Self.agreeing()
        let json = try recommend("--search", from: files.model)
        let cells = try #require(json["cells"] as? [[String: Any]])
        let searched = try #require(json["searched"] as? [[String: Any]])
        func setting(_ cell: [String: Any]) -> [Int?] { [cell["exit_layer"] as? Int, cell["draft_length"] as? Int] }
        func speedup(_ cell: [String: Any]) -> Double { cell["predicted_speedup"] as? Double ?? 0 }
        let best = try #require(json["recommended"] as? [String: Any])
        let expected = cells.filter { setting($0) != setting(best) && speedup($0) - 1 >= (speedup(best) - 1) / 2 }
        #expect(searched.map(setting) == expected.map(setting))
        // How many these are depends on measured costs.
        #expect(searched.count < cells.count)
        for cell in searched {
            let measured = try #require(cell["measured_speedup"] as? [String: Any])
            #expect(try #require(measured["median"] as? Double) > 0)
        }
    }

    @Test func textMarksTheBest() throws {
        let run = try tune()
        #expect(run.code == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("  exit   agrees      1       2       5") }, "\(run.output)")
        for start in ["     1 ", "     2 ", "     3 ", "lookup ", "recommended  ", "auto         ", "vocabulary   "] {
            #expect(lines.contains { $0.hasPrefix(start) }, "\(start) in \(run.output)")
        }
        let hasBest = run.output.contains("recommended  exit layer")
        #expect(run.output.filter { $0 == "*" }.count == (hasBest ? 1 : 0))
    }

    /// The tiny model has F32 weights.
    @Test func copiesInSmallerFormats() throws {
        let run = try tune("--copies", "q8_0,q4_0", "--format", "json")
        let copies = try #require(try run.json["copies"] as? [[String: Any]])
        #expect(copies.map { $0["recipe"] as? String } == ["q8_0", "q4_0"])
        for copy in copies {
            #expect(Set(copy.keys) == ["recipe", "bytes", "agreement", "time_share", "cells"])
            #expect((copy["cells"] as? [[String: Any]])?.count == 3 && (copy["bytes"] as? Int ?? 0) > 0)
        }
        let agreements = copies.compactMap { $0["agreement"] as? Double }
        #expect(agreements.count == 2 && agreements[0] > 0.5 && agreements[0] >= agreements[1], "\(agreements)")
        let none = try tune("--copies", "none")
        #expect(none.code == 0 && !none.output.contains("q8_0"), "\(none.output)")
        let text = try tune("--copies", "q8_0").output
        #expect(text.contains("  q8_0 ") && text.contains("copies       best: q8_0"), "\(text)")
        // It is recommended only if it is expected to gain, and more than auto does without it.
        let lines = text.split(separator: "\n")
        func number(after word: String, inLine start: String) throws -> Double {
            let line = try #require(lines.first { $0.hasPrefix(start) })
            let words = line.split(whereSeparator: { " ,x(".contains($0) })
            let index = try #require(words.lastIndex { $0 == word })
            return try #require(Double(words[index + 1]))
        }
        let estimated = try number(after: "estimated", inLine: "copies ")
        let needed = max(1, try number(after: "measured", inLine: "auto "))
        if abs(estimated - needed) > 0.011 {
            #expect(text.contains("(--draft-quantize q8_0)") == (estimated > needed), "\(text)")
            #expect(text.contains("(not recommended)") == (estimated < needed), "\(text)")
        }
        let quantized = try CommandFiles { $0.matrixType = .q8_0 }
        let small = try tune("--copies", "q4_0", from: quantized.model)
        #expect(small.code == 0 && small.errors.contains("--copies: none are tried"), "\(small.errors)")
    }

    /// Coverage by other texts needs several.
    @Test func oneText() throws {
        let one = files.write("{\"prompt\": \"x\"}\n", as: "one.jsonl")
        let output = try tune("--prompts", one).output
        #expect(output.contains("320 tokens were written\n"), "\(output)")
    }

    /// What was measured is printed even if a file cannot be written.
    @Test func aFailingFileDoesNotHideTheReport() throws {
        let svg = files.file("sweep.svg")
        let run = try tune("--csv", "/dev/full", "--svg", svg)
        #expect(run.code == 1 && run.errors.contains("/dev/full") && run.output.contains("auto  "), "\(run.errors)")
        #expect(HeatMap(try TextFile.text(svg)) != nil)
    }

    /// The place of a result is checked before anything is measured.
    @Test func aCacheThatCannotBe() throws {
        let nowhere = ["XDG_CACHE_HOME": "/dev/null"]
        let run = try CommandRun(
            ["tune", "--model", files.model, "--prompts", prompts, "--save"], environment: nowhere)
        #expect(run.code == 1 && run.output == "" && run.errors.contains("/dev/null/layerskip"), "\(run.errors)")
        let other = try CommandRun(
            ["generate", "a", "--model", files.model, "--max-tokens", "2"], environment: nowhere)
        #expect(other.code == 0 && !other.errors.contains("tune"), "\(other.errors)")
    }

    @Test func promptsOfItsOwn() throws {
        let run = try CommandRun(
            [
                "tune", "--model", files.model, "--rounds", "1", "--cost-rounds", "1", "--max-tokens", "4",
                "--draft-lengths", "2",
                "--format", "json",
            ], environment: cache)
        #expect(try run.json["texts"] as? Int == 8)
    }

    // MARK: --save

    /// Whatever was found is used from now on, until its file is removed.
    @Test func whatIsSavedIsUsed() throws {
        let files = try Self.agreeing()
        let json = try recommend("--save", from: files.model)
        let path = try #require(json["saved"] as? String)
        #expect(path.hasPrefix(self.files.file("cache/layerskip/tiny.gguf-")))
        let recommended = try #require(json["recommended"] as? [String: Any])
        let exit = try #require(recommended["exit_layer"] as? Int)

        let shown = try CommandRun(["inspect", files.model, "--format", "json"], environment: cache).json
        #expect(shown["is_tuned"] as? Bool == true && shown["exit_layer"] as? Int == exit)
        #expect(shown["draft_length"] as? Int == recommended["draft_length"] as? Int)
        #expect("\(shown["notes"] ?? "")".contains(path))
        let text = try CommandRun(["inspect", files.model], environment: cache).output
        #expect(text.contains("stored by tune --save"), "\(text)")

        let run = try CommandRun(
            ["generate", "a", "--model", files.model, "--max-tokens", "3"], environment: cache)
        #expect(run.code == 0 && run.errors.contains("tune --save") && run.errors.contains(path), "\(run.errors)")

        let copy = files.file("copy.gguf")
        let export = try CommandRun(["export", files.model, "--to", "gguf", "--output", copy], environment: cache)
        #expect(export.code == 0, "\(export.errors)")
        let metadata = try GGUFFile(path: copy).metadata
        #expect(try metadata.integersIfPresent(named: "layerskip.draft_vocabulary")?.isEmpty == false)
        #expect(metadata["layerskip.exit_layer"] == .uint32(UInt32(exit)))

        try FileManager.default.removeItem(atPath: path)
        let after = try CommandRun(["inspect", files.model, "--format", "json"], environment: cache).json
        #expect(after["is_tuned"] as? Bool == false && after["exit_layer"] is NSNull)
        #expect("\(after["notes"] ?? "")".contains("tune") == false)
    }

    /// A kept setting replaces that of the model's file, also if it says that no exit is fast.
    @Test(arguments: [SpeculationSetting(exitLayer: 3, draftLength: 4), nil])
    func aKeptSettingReplacesTheFiles(setting: SpeculationSetting?) throws {
        let model = files.file("stated.gguf")
        let export = try CommandRun([
            "export", files.model, "--to", "gguf", "--exit-layer", "1", "--draft-length", "1", "--output", model,
        ])
        #expect(export.code == 0, "\(export.errors)")
        let source = try ModelFiles(path: model)
        let machine = SavedTuning.Machine(try ComputeContext(threads: 1))
        _ = try SavedTuning(setting, [9, 4], of: source, on: machine).save(
            for: source, in: files.file("cache/layerskip"))

        let shown = try CommandRun(["inspect", model], environment: cache).output
        let expected = setting == nil ? "no exit layer" : "exit layer 3, draft length 4"
        #expect(shown.contains("speculation    \(expected), as stored by tune --save"), "\(shown)")
        let (written, again) = (files.file("again.gguf"), files.file("other.gguf"))
        for (output, options) in [(written, []), (again, ["--exit-layer", "2", "--draft-length", "7"])] {
            let run = try CommandRun(
                ["export", model, "--to", "gguf", "--output", output] + options, environment: cache)
            #expect(run.code == 0 && run.errors.contains("tune --save stored"), "\(run.errors)")
        }
        let metadata = try GGUFFile(path: written).metadata
        #expect(metadata["layerskip.exit_layer"] == setting.map { .uint32(UInt32($0.exitLayer)) })
        #expect(metadata["layerskip.draft_length"] == setting.map { .uint32(UInt32($0.draftLength)) })
        #expect(try metadata.integers(named: "layerskip.draft_vocabulary") == [9, 4])
        #expect(try GGUFFile(path: again).metadata["layerskip.exit_layer"] == .uint32(2))
        if setting != nil {
            let run = try CommandRun(
                [
                    "benchmark", "--model", model, "--prompts", prompts, "--rounds", "1", "--max-tokens", "8",
                    "--strategy", "self-speculative", "--format", "json",
                ], environment: cache)
            #expect(try run.json["exit_layer"] as? Int == 3 && run.json["draft_length"] as? Int == 4)
        }
    }

    @Test func aDamagedFileIsNamed() throws {
        let path = try #require(try tune("--save", "--format", "json").json["saved"] as? String)
        try TextFile.write(Array("{}".utf8), to: path)
        let run = try CommandRun(["generate", "a", "--model", files.model, "--max-tokens", "3"], environment: cache)
        #expect(
            run.code == 0 && run.errors.contains("\(path): ") && run.errors.contains("is not used"), "\(run.errors)")
        let damaged = try CommandRun(["inspect", files.model, "--format", "json"], environment: cache).json
        #expect(damaged["is_tuned"] as? Bool == false && "\(damaged["notes"] ?? "")".contains("is not used"))
        #expect(try tune("--save").code == 0)
        let again = try CommandRun(["inspect", files.model, "--format", "json"], environment: cache).json
        #expect(again["is_tuned"] as? Bool == true)
    }

    // MARK: Errors

    @Test(arguments: [
        (["--exit-layers", "0"], "exit layer"), (["--exit-layers", "2,2"], "exit layers"),
        (["--exit-layers", "1,x"], "--exit-layers"), (["--draft-lengths", "0"], "draft length"),
        (["--draft-lengths", "129"], "draft length"), (["--draft-lengths", "3,3"], "draft lengths"),
        (["--max-tokens", "0"], "max tokens"), (["--rounds", "0"], "--rounds"),
        (["--cost-rounds", "0"], "--cost-rounds"), (["--temperature", "-1"], "temperature"),
        (["--save", "--quantize", "q8_0"], "--save"),
        (["--copies", "f16"], "--copies"), (["--copies", "q8_0,"], "--copies"), (["--csv", "/dev/stdout"], "--csv"),
        (["--svg", "/dev/stdout"], "--svg"), (["--csv", "a.csv", "--svg", "./a.csv"], "--svg"),
        (["--csv", ""], "--csv"), (["--copies", "q8_0,q8_0"], "--copies"), (["--threads", "0"], "--threads"),
        (["extra"], "extra"),
    ]) func wrongUsage(arguments: [String], name: String) throws {
        // Found before the model is loaded.
        let run = try CommandRun(["tune", "--model", "/nowhere"] + arguments)
        #expect(run.code == 2, "\(run.errors)")
        #expect(run.output == "")
        #expect(run.errors.split(separator: "\n").first?.contains(name) == true, "\(run.errors)")
    }

    @Test func otherErrors() throws {
        let exit = try tune("--exit-layers", "4")
        #expect(exit.code == 1 && exit.errors.contains("expected 1...3, fewer than the model's 4, found 4"))
        for (arguments, name) in [
            (["--csv", files.model], files.model), (["--svg", prompts], prompts),
            (["--csv", "/nowhere/x.csv"], "/nowhere/x.csv"),
        ] {
            let run = try CommandRun(["tune", "--model", files.model, "--prompts", prompts] + arguments)
            #expect(run.code == 1 && run.errors.contains(name) && run.output == "", "\(run.errors)")
        }
        #expect(try GGUFFile(path: files.model).version == 3)
    }

    @Test func interruptionLeavesNothing() throws {
        let place = files.file("place")
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let run = try CommandRun(
            script: """
                "$LAYERSKIP" tune --model "$1" --prompts "$2" --csv "$3/a.csv" --svg "$3/a.svg" --cost-rounds 1000000 &
                pid=$!
                until [ -n "$(find "$3" -name '*.partial')" ]; do sleep 0.02; done
                sleep 0.5
                kill -INT $pid
                wait $pid
                """, [files.model, prompts, place])
        #expect(run.code == 1 && run.output == "" && run.errors.contains("interrupted"), "\(run.errors)")
        #expect(Folder.names(in: place).isEmpty)
    }
}

/// A heat map, read by Foundation's XML parser.
private final class HeatMap: NSObject, XMLParserDelegate {
    private(set) var cells: [String] = []
    private(set) var bestCount = 0
    private var isInCell = false
    private var title: String?

    /// nil for text that is not well-formed XML.
    init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        if name == "g" { isInCell = attributes["class"] == "cell" }
        if name == "title", isInCell { title = "" }
        if attributes["class"] == "best" { bestCount += 1 }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) { title? += text }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        guard name == "title", let title else { return }
        cells.append(title)
        self.title = nil
    }
}
