#if Hub
    import HubServer
    import ModelHub
    import ModelHubDownload
    import NIOHTTP1
    import TestSupport
    import Testing

    @Suite struct TokenTests {
        private let models = PulledModels()

        private func tokens(_ server: HubServer, _ prefix: String) -> [String?] {
            server.requests.filter { $0.path.hasPrefix(prefix) }.map { $0.headers.first(name: "Authorization") }
        }

        @Test func anotherHostGetsNoToken() async throws {
            let storage = try await FakeRepository.quantized.serve()
            var repository = FakeRepository.quantized
            repository.largeFileHost = storage.endpoint
            let hub = try await repository.serve()
            _ = try await models.pull("owner/quantized", from: hub, token: "hf_secret")
            #expect(tokens(hub, "/api/") == ["Bearer hf_secret"])
            #expect(tokens(hub, "/owner/") == ["Bearer hf_secret"])
            #expect(tokens(storage, "/large/") == [nil])
        }

        @Test func theSameHostGetsIt() async throws {
            let hub = try await HubServer { request in
                request.path.hasPrefix("/api/models/old/name/")
                    ? .init(307, [("Location", "/api/models/owner/quantized/revision/main?blobs=true")])
                    : request.path.hasPrefix("/old/name/resolve/")
                        ? .init(
                            307, [("Location", request.path.replacing("/old/name/", with: "/owner/quantized/"))])
                        : FakeRepository.quantized.reply(to: request)
            }
            // A repository that was renamed.
            let found = try await models.pull("old/name", from: hub, token: "hf_secret")
            #expect(found.path.contains("models--old--name"))
            #expect(hub.requests.allSatisfy { $0.headers.first(name: "Authorization") == "Bearer hf_secret" })
        }

        @Test func withoutATokenNoneIsSent() async throws {
            let hub = try await FakeRepository.quantized.serve()
            _ = try await models.pull("owner/quantized", from: hub)
            #expect(hub.requests.allSatisfy { !$0.headers.contains(name: "Authorization") })
        }

        @Test func errorsDoNotRepeatTheToken() async throws {
            let hub = try await HubServer { _ in .init(500, [("X-Error-Message", "bad")]) }
            let error = await #expect(throws: HubError.self) {
                try await models.pull("owner/quantized", from: hub, token: "hf_secret")
            }
            #expect(error.map { "\($0)" }?.contains("secret") == false)
            #expect(models.reports.list.allSatisfy { $0.waiting?.contains("secret") != true })
        }
    }
#endif
