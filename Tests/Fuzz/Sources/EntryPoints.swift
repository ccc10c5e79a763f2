import CheckpointFiles
import CLibc

// The program's `main` is libFuzzer's, which calls these two functions. `Scripts/fuzz` builds and runs it:
//
//     FUZZ_TARGET=gguf Fuzz CORPUS... -max_total_time=60      with libFuzzer's options
//     FUZZ_TARGET=gguf FUZZ_SEEDS=FOLDER Fuzz                 writes inputs to start from
//     Fuzz                                                    prints the names of the readers

/// The function that libFuzzer calls once at the start.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafePointer<CInt>, _ argv: UnsafeRawPointer) -> CInt {
    guard let name = environment("FUZZ_TARGET") else {
        for target in FuzzTargets.all { print(target.name) }
        exit(0)
    }
    guard FuzzTargets.all.contains(where: { $0.name == name }) else {
        fatalError("FUZZ_TARGET: expected one of \(FuzzTargets.all.map { $0.name }), found \(name)")
    }
    if let folder = environment("FUZZ_SEEDS") {
        do {
            for (index, seed) in try FuzzTargets.chosen.seeds().enumerated() {
                try TextFile.write(seed, to: "\(folder)/seed-\(index)")
            }
            try FuzzTargets.chosen.readFirstSeed()
        } catch {
            fatalError("\(error)")
        }
        exit(0)
    }
    return 0
}

/// The function that libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzTargets.chosen.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

/// The readers that are fuzzed.
enum FuzzTargets {
    static let all: [any FuzzTarget.Type] = [
        ChatTemplateTarget.self, CheckpointTarget.self, ConfigurationTarget.self, GGUFTarget.self, HubTarget.self,
        ImportanceTarget.self, JSONLinesTarget.self, RecipeTarget.self, SafetensorsTarget.self,
        SentencePieceTarget.self, ShardTarget.self, TokenizerTarget.self,
    ]

    /// The reader that the environment names.
    static let chosen = all.first { $0.name == environment("FUZZ_TARGET") } ?? all[0]
}

private func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
