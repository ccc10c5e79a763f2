import CommandTesting
import CheckpointFiles
import Foundation
import LayerSkip
import ModelTraining
import TestSupport
import Testing

@testable import LayerSkipCommand

/// A tiny model, data and a recipe for it.
struct TrainingFiles {
    private let files: CommandFiles
    /// The model that the recipe starts from.
    var model: String { files.model }
    private let recipe: String
    private let fingerprint: UInt64
    private let vocabularySize: Int

    init() throws {
        files = try CommandFiles()
        let tokenizer = try TokenizerDefinition(ofFile: files.model)
        fingerprint = tokenizer.fingerprint
        vocabularySize = tokenizer.tokens.count
        recipe = files.write(
            """
            output: none
            steps: 6
            threads: 1
            model: {start: \(files.model)}
            data:
              training: \(files.path)/train.tokens
              validation: \(files.path)/validation.tokens
            batch: {sequences: 2, length: 16}
            dropout: {maximum: 0.3}
            exits: {scale: 0.5, curriculum: all}
            validation: {every: 3, batches: 2}
            checkpoints: {every: 2}

            """, as: "recipe.yaml")
        _ = try shard("train.tokens", fingerprint: fingerprint)
        _ = try shard("validation.tokens", fingerprint: fingerprint, shift: 1)
    }

    /// Writes a shard of repeating tokens, each `shift` higher.
    func shard(
        _ name: String, fingerprint: UInt64? = nil, promptLength: Int = 0, length: Int = 50, shift: Int = 0
    ) throws -> String {
        var writer = try TokenShardWriter(
            path: files.file(name), vocabularySize: vocabularySize, endOfText: 0,
            tokenizerFingerprint: fingerprint ?? self.fingerprint)
        for document in 0..<8 {
            try writer.append(
                (0..<length).map { Int32(3 + ($0 * (document + 1) + shift) % 60) }, promptLength: promptLength)
        }
        try writer.commit()
        return files.file(name)
    }

    func write(_ bytes: [UInt8], as name: String) -> String { files.write(bytes, as: name) }

    func output(_ name: String) -> String { "\(files.path)/\(name)" }

    func names(_ name: String) -> [String] { Folder.names(in: output(name)) }

    /// The steps of a run's checkpoints, ascending.
    func steps(_ run: String) -> [Int] {
        names("\(run)/checkpoints").compactMap { Int($0.dropFirst("step-".count)) }.sorted()
    }

    func train(_ run: String, _ arguments: String..., home: String? = nil) throws -> CommandRun {
        try train(run, arguments, home: home)
    }

    func train(_ run: String, _ arguments: [String], home: String? = nil) throws -> CommandRun {
        let environment = home.map { ["HOME": $0] } ?? [:]
        return try CommandRun(["train", recipe, "output=\(output(run))"] + arguments, environment: environment)
    }

    /// Runs a script with the arguments of `train` and the run's folder in `$RUN`.
    func script(_ script: String, _ run: String, _ arguments: String...) throws -> CommandRun {
        try self.script(script, run, arguments)
    }

    func script(_ script: String, _ run: String, _ arguments: [String]) throws -> CommandRun {
        try CommandRun(
            script: script, [recipe, "output=\(output(run))"] + arguments, environment: ["RUN": output(run)])
    }

    /// A run's measurements without those that depend on time.
    func metrics(_ run: String) throws -> [String] {
        try LineLog.lines(of: output(run) + "/metrics.jsonl").map {
            String(decoding: $0, as: UTF8.self).replacing(/"tokens_per_second":[^,}]*/, with: "")
        }
    }

    func expectSameBits(_ one: String, _ other: String) throws {
        for name in ["model.safetensors", "optimizer.safetensors"] {
            let bytes = try [one, other].map { try Data(contentsOf: URL(filePath: "\(output($0))/newest/\(name)")) }
            #expect(bytes[0] == bytes[1], "\(name)")
        }
    }
}
