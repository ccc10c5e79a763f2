#if Hub
    import CheckpointFiles
    import HubServer
    import ModelHub
    import ModelHubDownload
    import Synchronization
    import TestSupport

    /// A cache of one test, and downloads into it.
    struct PulledModels {
        let folder = TemporaryFolder()
        /// The progress that was reported.
        let reports = Reports()

        var cache: String { "\(folder.path)/hub" }

        /// A policy for tests: short waits.
        static var retry: RetryPolicy {
            var retry = RetryPolicy()
            retry.attempts = 3
            retry.firstWait = .milliseconds(1)
            retry.silence = .seconds(10)
            retry.connecting = .seconds(5)
            return retry
        }

        func settings(_ endpoint: String, token: String? = nil) throws -> HubSettings {
            HubSettings(endpoint: endpoint, cache: cache, token: try token.map { try HubToken($0) })
        }

        func pull(
            _ model: String, from server: HubServer, token: String? = nil, retry: RetryPolicy = Self.retry,
            freeBytes: Int? = nil
        ) async throws -> CachedModel {
            var download = HubDownload(
                try settings(server.endpoint, token: token), retry: retry, userAgent: "test", report: reports.add)
            if let freeBytes { download.freeBytes = { _ in freeBytes } }
            return try await download.pull(HubModelName(model))
        }

        /// The names in the folder of blobs.
        func blobs(of model: String) throws -> [String] {
            Folder.names(in: HubCache(cache).repository(of: try HubModelName(model)).blobs)
        }

        /// The number of files in a model's snapshot.
        func linkCount(of model: String) throws -> Int {
            let repository = HubCache(cache).repository(of: try HubModelName(model))
            return repository.commit(of: "main").map { repository.snapshot($0).files.count } ?? 0
        }

        /// The bytes of a model's files, by path.
        func contents(of model: String) throws -> [String: [UInt8]] {
            guard let found = HubCache(cache).find(try HubModelName(model)) else { return [:] }
            // A GGUF file's path is that of its first part.
            let isFolder = Folder.exists(found.path)
            let root = isFolder ? found.path : String(found.path.dropLast(found.files[0].utf8.count + 1))
            var contents: [String: [UInt8]] = [:]
            for file in found.files { contents[file] = try TextFile.bytes("\(root)/\(file)") }
            return contents
        }

        final class Reports: Sendable {
            private let all = Mutex<[HubProgress]>([])

            @Sendable func add(_ progress: HubProgress) { all.withLock { $0.append(progress) } }
            var list: [HubProgress] { all.withLock { $0 } }

            /// Waits for a report.
            func first(where isWanted: (HubProgress) -> Bool) async throws {
                while !list.contains(where: isWanted) { try await Task.sleep(for: .milliseconds(1)) }
            }
        }
    }

    extension FakeRepository {
        /// Bytes without pattern, always the same.
        static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
            var state = seed
            return (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            }
        }

        /// A repository with a model folder whose weights are in two files, and files that are no part of it.
        static let folder = FakeRepository(
            "owner/folder",
            [
                File("README.md", Array("read me".utf8)), File("config.json", Array("{}".utf8)),
                File("tokenizer.json", noise(40_000, seed: 2), isLarge: true),
                File(
                    "model.safetensors.index.json",
                    Array(#"{"weight_map":{"x":"model-1.safetensors","y":"model-2.safetensors"}}"#.utf8)),
                File("model-1.safetensors", noise(300_000, seed: 3), isLarge: true),
                File("model-2.safetensors", noise(200_001, seed: 4), isLarge: true),
                File("model-3.safetensors", noise(10, seed: 5), isLarge: true), File("pytorch_model.bin", noise(10)),
                File("additional_chat_templates/tool use.jinja", Array("{{ x }}".utf8)),
            ])

        /// A repository with GGUF files.
        static let quantized = FakeRepository(
            "owner/quantized",
            [
                File("m-Q8_0.gguf", noise(500_000, seed: 6), isLarge: true),
                File("m-Q4_K_M.gguf", noise(250_000, seed: 7), isLarge: true),
                File("s/m-BF16-00001-of-00002.gguf", noise(70_000, seed: 8), isLarge: true),
                File("s/m-BF16-00002-of-00002.gguf", noise(80_000, seed: 9), isLarge: true),
            ])

        func bytes(of path: String) -> [UInt8]? { files.first { $0.path == path }?.bytes }

        /// A server that behaves well.
        func serve() async throws -> HubServer { try await HubServer { reply(to: $0) } }
    }
#endif
