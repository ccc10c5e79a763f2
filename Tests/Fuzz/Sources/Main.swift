import CLibFuzzer
import CheckpointFiles
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Runs libFuzzer, with its options, on one reader; `Scripts/fuzz` builds and calls this program.
///
///     FUZZ_TARGET=gguf Fuzz CORPUS... -max_total_time=60
///     FUZZ_TARGET=gguf Fuzz --seeds FOLDER      writes inputs to start from
///     Fuzz --list                               prints the names of the readers
@main
enum Fuzz {
    static let targets: [any FuzzTarget.Type] = [
        ChatTemplateTarget.self, CheckpointTarget.self, ConfigurationTarget.self, GGUFTarget.self, JSONLinesTarget.self,
        RecipeTarget.self, SafetensorsTarget.self, ShardTarget.self, TokenizerTarget.self,
    ]

    /// The reader that the environment names.
    static let target: any FuzzTarget.Type = {
        let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
        guard let target = targets.first(where: { $0.name == name }) else {
            fatalError("FUZZ_TARGET: expected one of \(targets.map { $0.name }), found \"\(name)\"")
        }
        return target
    }()

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "--list" { return targets.forEach { print($0.name) } }
        if arguments.first == "--seeds", let folder = arguments.dropFirst().first {
            for (index, seed) in try target.seeds().enumerated() {
                try TextFile.write(seed, to: "\(folder)/seed-\(index)")
            }
            return
        }
        var count = CommandLine.argc
        var values: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &values, readOneInput))
    }
}

/// What libFuzzer calls with each input. Its linker asks for this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func readOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzz.target.check(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
