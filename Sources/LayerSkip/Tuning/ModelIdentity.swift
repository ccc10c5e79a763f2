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
        guard identities.isEmpty else {
            lines = identities.map(\.description)
            paths = identities.map(\.path)
            return
        }
        lines = ["part of the program, version \(layerSkipVersion)"] + mapped.map { "\($0.byteCount) bytes" }
        paths = [files.path]
    }

    /// The name of the file with the model's tuning. It is that of its earlier versions, too, so that a new one
    /// replaces it.
    var tuningFileName: String { CacheFolder.fileName(ofModel: paths[0], paths, suffix: "tuning.json") }
}
