#if Hub
    import CheckpointFiles
    import Foundation
    import HubServer
    import ModelHub
    import NIOHTTP1
    import TestSupport
    import Testing

    /// The Python with `huggingface_hub` that Scripts/check-hub installs.
    private let python = ProcessInfo.processInfo.environment["LAYERSKIP_PYTHON"]

    /// Python's `huggingface_hub` and this package read each other's cache.
    @Suite(.enabled(if: python != nil)) struct PythonTests {
        private let models = PulledModels()

        /// Runs a script, and returns its output.
        private func run(_ script: String, _ environment: [String: String]) throws -> String {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: try #require(python))
            process.arguments = ["-c", script]
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
                .merging(["HF_HUB_CACHE": models.cache, "HF_HOME": models.folder.path]) { $1 }
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            return text
        }

        /// A hub that redirects to another host for large files, as Python expects.
        private func serve() async throws -> HubServer {
            let repositories = [FakeRepository.folder, .quantized]
            let storage = try await HubServer { request in
                let owner = repositories.first { $0.files.contains { request.path.contains($0.hash) } }
                return owner?.reply(to: request) ?? HubServer.Reply(404)
            }
            return try await HubServer { request in
                var owner = repositories.first { request.path.contains("/\($0.name)/") } ?? .folder
                owner.largeFileHost = "http://localhost:\(storage.port)"
                return owner.reply(to: request)
            }
        }

        @Test func pythonFindsOfflineWhatWasPulled() async throws {
            let server = try await serve()
            _ = try await models.pull("owner/folder", from: server)
            _ = try await models.pull("owner/quantized:BF16", from: server)
            let script = """
                import os, hashlib
                from huggingface_hub import snapshot_download, hf_hub_download, scan_cache_dir, try_to_load_from_cache
                folder = snapshot_download("owner/folder")
                for root, _, names in os.walk(folder):
                    for name in names:
                        path = os.path.join(root, name)
                        print(os.path.relpath(path, folder), hashlib.sha256(open(path, "rb").read()).hexdigest())
                path = hf_hub_download("owner/quantized", "s/m-BF16-00002-of-00002.gguf")
                print("part", hashlib.sha256(open(path, "rb").read()).hexdigest())
                assert try_to_load_from_cache("owner/quantized", "m-Q8_0.gguf") is None
                cache = scan_cache_dir()
                assert not cache.warnings, cache.warnings
                print("repositories", sorted((r.repo_id, r.nb_files) for r in cache.repos))
                """
            let count = server.requests.count
            let output = try run(script, ["HF_HUB_OFFLINE": "1", "HF_ENDPOINT": server.endpoint])
            #expect(server.requests.count == count)
            var expected = try models.contents(of: "owner/folder").map { "\($0) \(sha256(of: $1))" }
            let part = try #require(FakeRepository.quantized.bytes(of: "s/m-BF16-00002-of-00002.gguf"))
            expected.append("part \(sha256(of: part))")
            expected.append("repositories [('owner/folder', 6), ('owner/quantized', 2)]")
            #expect(output.split(separator: "\n").map(String.init).sorted() == expected.sorted())
        }

        @Test func whatPythonPulledIsFound() async throws {
            let server = try await serve()
            let script = """
                from huggingface_hub import snapshot_download, hf_hub_download
                snapshot_download("owner/folder", ignore_patterns=["*.bin"])
                hf_hub_download("owner/quantized", "m-Q8_0.gguf")
                """
            _ = try run(script, ["HF_HUB_OFFLINE": "0", "HF_ENDPOINT": server.endpoint])
            for (name, repository) in [
                ("owner/folder", FakeRepository.folder), ("owner/quantized:Q8_0", .quantized),
                ("owner/quantized", .quantized),
            ] {
                let contents = try models.contents(of: name)
                #expect(!contents.isEmpty, "\(name)")
                for (path, bytes) in contents { #expect(bytes == repository.bytes(of: path), "\(path)") }
            }
            #expect(
                HubCache(models.cache).entries.map { "\($0.name)" } == ["owner/folder", "owner/quantized:m-Q8_0.gguf"])
            // Nothing is downloaded again.
            let count = server.requests.count
            _ = try await models.pull("owner/folder", from: server)
            #expect(server.requests.count == count + 1)
            #expect(try HubCache(models.cache).remove(HubModelName("owner/folder")) > 0)
        }

        private func sha256(of bytes: [UInt8]) -> String {
            FakeRepository.File("", bytes, isLarge: true).hash
        }
    }
#endif
