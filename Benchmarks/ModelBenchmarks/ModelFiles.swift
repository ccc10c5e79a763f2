import Foundation

/// The models in the cache, put there by the scripts fetch-smollm2 and make-random-models.
struct ModelFile {
    let name: String
    let path: String

    static var all: [ModelFile] {
        let environment = ProcessInfo.processInfo.environment["LAYERSKIP_CACHE"]
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let cache = environment.map { URL(filePath: $0) } ?? repository.appending(path: ".cache")
        return ["smollm2", "random-models"].flatMap { folder in
            let names = try? FileManager.default.contentsOfDirectory(
                atPath: cache.appending(path: folder).path(percentEncoded: false))
            return (names ?? []).filter { $0.hasSuffix(".gguf") }.sorted().map { name in
                ModelFile(
                    name: String(name.dropLast(".gguf".count)),
                    path: cache.appending(path: folder).appending(path: name).path(percentEncoded: false))
            }
        }
    }
}
