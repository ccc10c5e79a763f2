import CheckpointFiles
import LanguageModels

/// What tells a model's files from all others, and from their own other versions.
struct ModelIdentity {
    /// A line for each file of weights; for a model that is part of the program, one about the program.
    let lines: [String]
    private let paths: [String]

    init(_ files: ModelFiles) {
        let mapped: [MappedFile] =
            switch files {
            case .gguf(let file, _): file.files
            case .folder(let folder, _): folder.source.files.map(\.mapping)
            }
        let identities = mapped.compactMap(\.identity)
        let block = ExitBlockFile.path(of: files).flatMap { try? MappedFile(path: $0).identity }
        guard identities.isEmpty else {
            lines = (identities + [block].compactMap(\.self)).map(\.description)
            paths = identities.map(\.path)
            return
        }
        lines = ["part of the program, version \(layerSkipVersion)"] + mapped.map(Self.line)
        paths = [files.path]
    }

    /// Describes bytes of the program by their number and a hash (FNV-1a) of some of them. All of them would take long.
    private static func line(_ file: MappedFile) -> String {
        let parts = 64
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in 0..<parts {
            let start = file.byteCount / parts * part
            for byte in file.bytes(start..<min(start + 1024, file.byteCount)) {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        return "\(file.byteCount) bytes, hash \(String(hash, radix: 16))"
    }

    /// The name of the file with the model's tuning. It is that of its earlier versions, too, so that a new one
    /// replaces it.
    var tuningFileName: String { CacheFolder.fileName(ofModel: paths[0], paths, suffix: "tuning.json") }
}
