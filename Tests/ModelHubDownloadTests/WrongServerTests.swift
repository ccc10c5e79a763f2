#if Hub
    import CheckpointFiles
    import HubServer
    import ModelHub
    import ModelHubDownload
    import NIOHTTP1
    import TestSupport
    import Testing

    /// Servers that answer wrongly, and the error that each must give.
    @Suite struct WrongServerTests {
        struct Case: Sendable, CustomTestStringConvertible {
            let name: String
            let reason: HubError.Reason
            /// A part of the error's text.
            let text: String
            let hasToken: Bool
            let answer: @Sendable (HubServer.Request) -> HubServer.Reply

            init(
                _ name: String, _ reason: HubError.Reason, _ text: String, hasToken: Bool = false,
                _ answer: @escaping @Sendable (HubServer.Request) -> HubServer.Reply
            ) {
                (self.name, self.reason, self.text, self.hasToken) = (name, reason, text, hasToken)
                self.answer = answer
            }

            var testDescription: String { name }

            /// A hub that always answers the same.
            static func always(
                _ name: String, _ reason: HubError.Reason, _ text: String, hasToken: Bool = false, _ status: Int,
                _ headers: [(String, String)] = [], _ body: String = ""
            ) -> Case {
                Case(name, reason, text, hasToken: hasToken) { _ in HubServer.Reply(status, headers, Array(body.utf8)) }
            }

            /// A hub that answers wrongly when it is asked for the bytes of a file.
            static func bytes(
                _ name: String, _ reason: HubError.Reason, _ text: String,
                _ change: @escaping @Sendable (inout HubServer.Reply) -> Void
            ) -> Case {
                Case(name, reason, text) { request in
                    var reply = FakeRepository.quantized.reply(to: request)
                    if request.path.hasPrefix("/large/") { change(&reply) }
                    return reply
                }
            }

            /// A hub that lists something else.
            static func listing(
                _ name: String, _ reason: HubError.Reason, _ text: String, _ listing: String
            ) -> Case { always(name, reason, text, 200, [], listing) }
        }

        private static let sha = String(repeating: "e", count: 40)

        private static func entry(_ path: String) -> String {
            FakeRepository.File(path, [1, 2, 3], isLarge: true).entry
        }

        static let cases: [Case] = [
            .always("missing", .missing, "a public model", 401, [("X-Error-Code", "RepoNotFound")]),
            .always(
                "missing for a token", .missing, "none that the token", hasToken: true, 401,
                [("X-Error-Code", "RepoNotFound")]),
            .always("wrong token", .token, "a valid token", hasToken: true, 401),
            .always("no token", .missing, "HF_TOKEN", 401),
            .always("gated", .gated, "ask for access", 401, [("X-Error-Code", "GatedRepo")]),
            .always("gated for a token", .gated, "no access to", hasToken: true, 403, [("X-Error-Code", "GatedRepo")]),
            .always("forbidden", .gated, "status 403: why", hasToken: true, 403, [("X-Error-Message", "why")]),
            .always("not found", .missing, "none of this name", 404),
            .always("no such revision", .missing, "the revision \"main\"", 404, [("X-Error-Code", "RevisionNotFound")]),
            .always("rate limit", .rateLimit, "too many", 429),
            .always("long rate limit", .rateLimit, "wait for 9000 s", 429, [("Retry-After", "9000")]),
            .always("long window", .rateLimit, "wait for 7000 s", 429, [("RateLimit", "\"api\";r=0;t=7000")]),
            .always("broken", .server, "status 500: no disk", 500, [("X-Error-Message", "no disk")]),
            .always("busy", .server, "status 503", 503),
            .always("teapot", .server, "status 418", 418),
            .always("redirect to itself", .server, "redirects", 302, [("Location", "/api/models/owner/quantized")]),
            .always("redirect to nowhere", .server, "a redirect", 302),
            .always("redirect to a file", .server, "a redirect", 302, [("Location", "file:///etc/passwd")]),
            .listing("a page", .server, "list of files", "<html>Log in</html>"),
            .listing("an error as a list", .server, "list of files", #"{"error":"no"}"#),
            .listing(
                "a name that leads out", .server, "the name \"../../x.gguf\"",
                #"{"sha":"\#(sha)","siblings":[\#(entry("../../x.gguf"))]}"#),
            .listing(
                "an absolute name", .server, "the name \"/tmp/x.gguf\"",
                #"{"sha":"\#(sha)","siblings":[\#(entry("/tmp/x.gguf"))]}"#),
            .listing(
                "a commit that leads out", .server, "a commit",
                #"{"sha":"../../../../x","siblings":[\#(entry("x.gguf"))]}"#),
            .listing(
                "a hash that leads out", .server, "git's hash",
                #"{"sha":"\#(sha)","siblings":[{"rfilename":"x.gguf","size":1,"blobId":"../x"}]}"#),
            .listing("no model", .choice, "GGUF files", #"{"sha":"\#(sha)","siblings":[\#(entry("x.txt"))]}"#),
            .listing("an endless list", .server, "at most", String(repeating: " ", count: 40 << 20)),
            .bytes("no file", .missing, "m-Q4_K_M.gguf", { $0 = .init(404, [("X-Error-Code", "EntryNotFound")]) }),
            .bytes("other bytes", .contents, "the hash", { $0.body[1000] ^= 1 }),
            .bytes("too few bytes", .contents, "250000 bytes", { $0.body.removeLast() }),
            .bytes("too many bytes", .contents, "250000 bytes", { $0.body.append(0) }),
            .bytes("a stated size", .contents, "250000 bytes", { $0.statedLength = 1 << 40 }),
            .bytes(
                "too many bytes in chunks", .contents, "found more",
                { reply in
                    let body = reply.body + [0]
                    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    let size = String(body.count, radix: 16)
                    reply.raw = Array("\(head)\(size)\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
                }),
            .bytes("an empty answer", .connection, "closed", { $0.raw = [] }),
            .bytes("no HTTP", .connection, "a connection", { $0.raw = Array("SSH-2.0-x\r\n\r\n".utf8) }),
            .bytes("cut at the start", .connection, "a connection", { $0.cutsAfter = 0 }),
            .bytes("silence", .connection, "silent", { $0.stallsAfter = 0 }),
            Case("another file", .contents, "the hash") { request in
                var reply = FakeRepository.quantized.reply(to: request)
                if request.path.contains("/resolve/") {
                    reply.headers.removeAll { $0.0 == "X-Linked-Etag" }
                    reply.headers.append(("X-Linked-Etag", "\"\(String(repeating: "0", count: 64))\""))
                }
                return reply
            },
            Case("another commit", .contents, "the commit") { request in
                var reply = FakeRepository.quantized.reply(to: request)
                if request.path.contains("/resolve/") {
                    reply.headers.removeAll { $0.0 == "X-Repo-Commit" }
                    reply.headers.append(("X-Repo-Commit", sha))
                }
                return reply
            },
        ]

        @Test(arguments: cases) func aWrongServerGivesTheRightError(_ wrong: Case) async throws {
            let models = PulledModels()
            let server = try await HubServer(wrong.answer)
            let error = await #expect(throws: HubError.self) { try await models.pull(from: server, wrong) }
            #expect(error?.reason == wrong.reason, "\(error.map { "\($0)" } ?? "")")
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains(wrong.text), "\(text)")
            #expect(text.contains("owner/quantized") && !text.contains("secret"))
            #expect(try models.contents(of: "owner/quantized").isEmpty)
            // Nothing lies outside the cache's folder, and nothing has a final name that is not complete.
            #expect(Set(models.folder.contents).isSubset(of: ["hub"]))
            #expect(try models.blobs(of: "owner/quantized").allSatisfy { $0.hasSuffix(".incomplete") })
        }

        @Test func aWrongPartIsAnError() async throws {
            let models = PulledModels()
            let blobs = "\(models.cache)/models--owner--quantized/blobs"
            try Folder.make(blobs)
            let bytes = try #require(FakeRepository.quantized.bytes(of: "m-Q4_K_M.gguf"))
            try TextFile.write(
                Array(bytes.prefix(1000)), to: "\(blobs)/\(FakeRepository.quantized.files[1].hash).incomplete")
            let server = try await HubServer { request in
                var reply = FakeRepository.quantized.reply(to: request)
                if reply.status == 206 { reply.headers = [("Content-Range", "bytes 0-249999/250000")] }
                return reply
            }
            let error = await #expect(throws: HubError.self) { try await models.pull("owner/quantized", from: server) }
            #expect(error?.expected == "bytes 1000-249999/250000")
        }

        @Test func aClosedPortIsToldInWords() async throws {
            let server = try await FakeRepository.quantized.serve()
            try await server.stop()
            let error = await #expect(throws: HubError.self) {
                try await PulledModels().pull("owner/quantized", from: server)
            }
            #expect(error?.reason == .connection)
            #expect(error?.expected == "a connection to \(server.endpoint)")
            #expect(error?.found.contains("refused") == true, "\(error?.found ?? "")")
        }

        @Test func offlineNothingIsRequested() async throws {
            let models = PulledModels()
            let server = try await FakeRepository.quantized.serve()
            var settings = try models.settings(server.endpoint)
            settings.isOffline = true
            let error = await #expect(throws: HubError.self) {
                try await HubDownload(settings, userAgent: "test").pull(HubModelName("owner/quantized"))
            }
            #expect(error?.reason == .offline)
            #expect(server.requests.isEmpty)
        }

        @Test func aFullDiskIsFoundBeforeTheDownload() async throws {
            let models = PulledModels()
            let server = try await FakeRepository.quantized.serve()
            let error = await #expect(throws: HubError.self) {
                try await models.pull("owner/quantized", from: server, freeBytes: 64 << 20)
            }
            #expect(error?.reason == .storage)
            #expect(error?.expected == "1 MB and 64 MB to spare")
            #expect(server.requests.count == 1)
            _ = try await models.pull("owner/quantized", from: server, freeBytes: 250_000 + 64 << 20)
        }

        @Test func aPlaceThatCannotBeWrittenIsAnError() async throws {
            let models = PulledModels()
            models.folder.write([1], as: "hub")
            let server = try await FakeRepository.quantized.serve()
            let error = await #expect(throws: HubError.self) { try await models.pull("owner/quantized", from: server) }
            #expect(error?.reason == .storage)
        }

        @Test func aLinkInPlaceOfAPartIsNotWrittenThrough() async throws {
            let models = PulledModels()
            let outside = models.folder.write([1, 2, 3], as: "outside")
            let blobs = "\(models.cache)/models--owner--quantized/blobs"
            try Folder.make(blobs)
            try Folder.makeLink("\(blobs)/\(FakeRepository.quantized.files[1].hash).incomplete", to: outside)
            let server = try await FakeRepository.quantized.serve()
            let error = await #expect(throws: HubError.self) { try await models.pull("owner/quantized", from: server) }
            #expect(error?.reason == .storage)
            #expect(try TextFile.bytes(outside) == [1, 2, 3])
        }
    }

    extension PulledModels {
        fileprivate func pull(from server: HubServer, _ wrong: WrongServerTests.Case) async throws -> CachedModel {
            var retry = Self.retry
            if wrong.name == "silence" { retry.silence = .milliseconds(200) }
            return try await pull(
                "owner/quantized", from: server, token: wrong.hasToken ? "hf_secret" : nil, retry: retry)
        }
    }
#endif
