#if Hub
    import CheckpointFiles
    import HubServer
    import ModelHub
    import ModelHubDownload
    import NIOCore
    import NIOHTTP1
    import TestSupport
    import Testing

    @Suite struct PullTests {
        private let models = PulledModels()

        @Test func aFolderHasWhatItsIndexNamesAndNothingMore() async throws {
            let server = try await FakeRepository.folder.serve()
            let found = try await models.pull("owner/folder", from: server)
            #expect(found.path == "\(models.cache)/models--owner--folder/snapshots/\(FakeRepository.folder.commit)")
            let contents = try models.contents(of: "owner/folder")
            #expect(
                Set(contents.keys) == [
                    "config.json", "tokenizer.json", "model.safetensors.index.json", "model-1.safetensors",
                    "model-2.safetensors", "additional_chat_templates/tool use.jinja",
                ])
            for (path, bytes) in contents { #expect(bytes == FakeRepository.folder.bytes(of: path), "\(path)") }
            #expect(try models.linkCount(of: "owner/folder") == contents.count)
            let last = try #require(models.reports.list.last)
            #expect(last.doneBytes == last.totalBytes && last.receivedBytes == last.totalBytes)
            #expect(last.totalBytes == contents.reduce(0) { $0 + $1.value.count })
            #expect(models.reports.list.allSatisfy { $0.doneBytes <= $0.totalBytes })
        }

        @Test(arguments: [
            ("owner/quantized", ["m-Q4_K_M.gguf"]), ("owner/quantized:q8_0", ["m-Q8_0.gguf"]),
            ("owner/quantized:BF16", ["s/m-BF16-00001-of-00002.gguf", "s/m-BF16-00002-of-00002.gguf"]),
        ])
        func aQuantizationHasAllItsParts(_ name: String, expected: [String]) async throws {
            let server = try await FakeRepository.quantized.serve()
            let found = try await models.pull(name, from: server)
            #expect(found.files == expected)
            #expect(found.path.hasSuffix(expected[0]))
            let contents = try models.contents(of: name)
            for path in expected { #expect(contents[path] == FakeRepository.quantized.bytes(of: path)) }
            #expect(try models.blobs(of: name).count == expected.count)
        }

        @Test func whatIsThereIsNotRequestedAgain() async throws {
            let server = try await FakeRepository.folder.serve()
            _ = try await models.pull("owner/folder", from: server)
            let count = server.requests.count
            _ = try await models.pull("owner/folder", from: server)
            #expect(server.requests.count == count + 1)
        }

        @Test func aNewCommitReplacesTheOld() async throws {
            var changed = FakeRepository.quantized
            changed.commit = String(repeating: "d", count: 40)
            changed.files[1] = .init("m-Q4_K_M.gguf", FakeRepository.noise(99, seed: 20), isLarge: true)
            _ = try await models.pull("owner/quantized", from: try await FakeRepository.quantized.serve())
            _ = try await models.pull("owner/quantized", from: try await changed.serve())
            #expect(try models.contents(of: "owner/quantized")["m-Q4_K_M.gguf"]?.count == 99)
            let old = "owner/quantized@\(FakeRepository.quantized.commit)"
            #expect(try models.contents(of: old)["m-Q4_K_M.gguf"]?.count == 250_000)
        }

        @Test func revisionsWithSlashesAreStoredUnderTheirNames() async throws {
            var repository = FakeRepository.quantized
            repository.revisions = ["refs/pr/1"]
            let server = try await repository.serve()
            _ = try await models.pull("owner/quantized@refs/pr/1", from: server)
            #expect(server.requests[0].path == "/api/models/owner/quantized/revision/refs%2Fpr%2F1?blobs=true")
            #expect(try models.contents(of: "owner/quantized@refs/pr/1").count == 1)
            #expect(try models.contents(of: "owner/quantized").isEmpty)
        }

        @Test(arguments: 0..<10) func anInterruptedPullContinues(_ seed: UInt64) async throws {
            var generator = SplitMix(seed: seed)
            let sent = Int.random(in: 1..<500_000, using: &generator)
            let first = try await HubServer { request in
                var reply = FakeRepository.quantized.reply(to: request)
                if request.path.hasPrefix("/large/") { reply.stallsAfter = min(sent, reply.body.count) }
                return reply
            }
            let task = Task { [models] in
                var patient = PulledModels.retry
                patient.silence = .seconds(60)
                return try await models.pull("owner/quantized:Q8_0", from: first, retry: patient)
            }
            try await models.reports.first { $0.receivedBytes > 0 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let blobs = try models.blobs(of: "owner/quantized")
            #expect(blobs.count == 1 && blobs[0].hasSuffix(".incomplete"))
            #expect(try models.contents(of: "owner/quantized:Q8_0").isEmpty)
            let kept = try #require(
                Folder.fileSize("\(models.cache)/models--owner--quantized/blobs/\(blobs[0])"))

            let second = try await FakeRepository.quantized.serve()
            _ = try await models.pull("owner/quantized:Q8_0", from: second)
            let contents = try models.contents(of: "owner/quantized:Q8_0")
            #expect(contents["m-Q8_0.gguf"] == FakeRepository.quantized.bytes(of: "m-Q8_0.gguf"))
            // Whatever arrived is not sent again.
            #expect(kept > 0 && kept <= sent)
            #expect(second.requests.last?.headers.first(name: "Range") == "bytes=\(kept)-")
        }

        @Test func damagedPartsAreDownloadedAgain() async throws {
            let hash = FakeRepository.quantized.files[1].hash
            let blobs = "\(models.cache)/models--owner--quantized/blobs"
            try Folder.make(blobs)
            try TextFile.write([1, 2, 3, 4], to: "\(blobs)/\(hash).incomplete")
            _ = try await models.pull("owner/quantized", from: try await FakeRepository.quantized.serve())
            #expect(
                try models.contents(of: "owner/quantized")["m-Q4_K_M.gguf"]
                    == FakeRepository.quantized.bytes(of: "m-Q4_K_M.gguf"))
        }

        @Test(arguments: [
            HubServer.Reply(416), HubServer.Reply(200, [], FakeRepository.quantized.bytes(of: "m-Q4_K_M.gguf") ?? []),
        ])
        func withoutRangesAFileStartsAgain(_ reply: HubServer.Reply) async throws {
            let bytes = try #require(FakeRepository.quantized.bytes(of: "m-Q4_K_M.gguf"))
            let blobs = "\(models.cache)/models--owner--quantized/blobs"
            try Folder.make(blobs)
            try TextFile.write(
                Array(bytes.prefix(1000)), to: "\(blobs)/\(FakeRepository.quantized.files[1].hash).incomplete")
            let server = try await HubServer { request in
                let hasRange = request.headers.contains(name: "Range") && request.path.hasPrefix("/large/")
                return hasRange ? reply : FakeRepository.quantized.reply(to: request)
            }
            _ = try await models.pull("owner/quantized", from: server)
            #expect(try models.contents(of: "owner/quantized")["m-Q4_K_M.gguf"] == bytes)
            let last = try #require(models.reports.list.last)
            #expect(last.doneBytes == last.totalBytes)
        }

        @Test func cutConnectionsAndSlowBodiesContinue() async throws {
            let server = try await HubServer { request in
                var reply = FakeRepository.quantized.reply(to: request)
                guard request.path.hasPrefix("/large/") else { return reply }
                if request.earlier < 7 { reply.cutsAfter = min(reply.body.count, 20_000 * (1 + request.earlier % 3)) }
                reply.pace = (bytes: 8000, pause: .milliseconds(2))
                return reply
            }
            _ = try await models.pull("owner/quantized", from: server)
            #expect(
                try models.contents(of: "owner/quantized")["m-Q4_K_M.gguf"]
                    == FakeRepository.quantized.bytes(of: "m-Q4_K_M.gguf"))
            let ranges = server.requests.compactMap { $0.headers.first(name: "Range") }
            #expect(Set(ranges).count > 4)
        }

        @Test func temporaryFailuresAreRetriedAndWaitedFor() async throws {
            let server = try await HubServer { request in
                switch request.path.hasPrefix("/api/") ? request.earlier : 2 {
                case 0: HubServer.Reply(429, [("Retry-After", "1")])
                case 1: HubServer.Reply(503)
                default: FakeRepository.quantized.reply(to: request)
                }
            }
            let start = ContinuousClock.now
            _ = try await models.pull("owner/quantized", from: server)
            #expect(ContinuousClock.now - start >= .seconds(1))
            let waits = Set(models.reports.list.compactMap(\.waiting))
            #expect(waits.contains { $0.contains("too many") && $0.contains("1 s") }, "\(waits)")
        }

        @Test func twoNamesOfTheSameBytesAreDownloadedOnce() async throws {
            let same = FakeRepository.noise(1000)
            let repository = FakeRepository(
                "owner/same", [.init("m-00001-of-00002.gguf", same), .init("m-00002-of-00002.gguf", same)])
            let found = try await models.pull("owner/same", from: try await repository.serve())
            #expect(found.files.count == 2)
            #expect(try models.blobs(of: "owner/same").count == 1)
        }

        @Test func emptyFilesNeedNoRequest() async throws {
            var repository = FakeRepository.folder
            repository.files.append(.init("chat_template.jinja", []))
            _ = try await models.pull("owner/folder", from: try await repository.serve())
            #expect(try models.linkCount(of: "owner/folder") == 7)
        }

        @Test func severalPullsAtOnceShareTheWork() async throws {
            let server = try await HubServer { request in
                var reply = FakeRepository.quantized.reply(to: request)
                if request.path.hasPrefix("/large/") { reply.pace = (bytes: 10_000, pause: .milliseconds(2)) }
                return reply
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { _ = try await models.pull("owner/quantized", from: server) }
                }
                try await group.waitForAll()
            }
            #expect(server.requests.count { $0.path.hasPrefix("/large/") } == 1)
            #expect(
                try models.contents(of: "owner/quantized")["m-Q4_K_M.gguf"]
                    == FakeRepository.quantized.bytes(of: "m-Q4_K_M.gguf"))
        }

        @Test func aFileThatAnotherProgramDownloadsIsWaitedFor() async throws {
            let server = try await FakeRepository.quantized.serve()
            let repository = HubCache(models.cache).repository(of: try HubModelName("owner/quantized"))
            try Folder.make(repository.locks)
            var lock = try FileLock.take(repository.lock(.sha256(FakeRepository.quantized.files[1].hash)))
            #expect(lock != nil)
            let task = Task { [models] in try await models.pull("owner/quantized", from: server) }
            try await models.reports.first { $0.waiting?.contains("another program is downloading m-Q4_K_M") == true }
            #expect(server.requests.count == 1)
            lock = nil
            _ = try await task.value
            #expect(models.reports.list.last?.waiting == nil)
            #expect(try models.contents(of: "owner/quantized").count == 1)
        }

        /// A generator for tests.
        private struct SplitMix: RandomNumberGenerator {
            var seed: UInt64

            mutating func next() -> UInt64 {
                seed &+= 0x9E37_79B9_7F4A_7C15
                var value = seed
                value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
                value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
                return value ^ (value >> 31)
            }
        }
    }
#endif
