#if Hub
    import CLibc
    import CheckpointFiles
    import CommandTesting
    import Foundation
    import HubServer
    import ModelHub
    import NIOCore
    import NIOHTTP1
    import TestSupport
    import Testing

    /// The program, with a hub of its own.
    @Suite struct PullCommandTests {
        private let folder = TemporaryFolder()

        private func environment(_ server: HubServer) -> [String: String] {
            [
                "HF_ENDPOINT": server.endpoint, "HF_HOME": folder.path, "HF_HUB_OFFLINE": "", "HF_HUB_CACHE": "",
                "HF_TOKEN": "hf_secret",
            ]
        }

        /// A repository with a model that runs.
        private func repository() throws -> FakeRepository {
            let files = try CommandFiles()
            return FakeRepository(
                "owner/tiny", [.init("tiny-F32.gguf", try TextFile.bytes(files.model), isLarge: true)])
        }

        @Test func aModelIsPulledListedUsedAndRemoved() async throws {
            let repository = try repository()
            let server = try await repository.serve()
            let environment = environment(server)
            let pull = try CommandRun(["pull", "owner/tiny"], environment: environment)
            #expect(pull.code == 0, "\(pull.errors)")
            let path = "\(folder.path)/hub/models--owner--tiny/snapshots/\(repository.commit)/tiny-F32.gguf"
            #expect(pull.output == path + "\n")

            let offline = environment.merging(["HF_HUB_OFFLINE": "1"]) { $1 }
            for name in ["owner/tiny", "owner/tiny:F32", "owner/tiny:tiny-F32.gguf@main", path] {
                let arguments = ["generate", "x", "--model", name, "--max-tokens", "4"]
                #expect(try CommandRun(arguments, environment: offline).code == 0)
            }
            let list = try CommandRun(["models"], environment: offline)
            #expect(list.output.hasPrefix("owner/tiny:tiny-F32.gguf\n    llama, F32, "), "\(list.output)")
            #expect(list.output.hasSuffix(" MB, runs\n"))
            #expect(server.requests.count { $0.path.hasPrefix("/api/") } == 1)

            let remove = try CommandRun(["models", "remove", "owner/tiny"], environment: offline)
            #expect(remove.code == 0 && remove.output.hasPrefix("removed owner/tiny: "))
            let missing = try CommandRun(["inspect", "owner/tiny"], environment: offline)
            #expect(missing.code == 1)
            #expect(missing.errors.contains("HF_HUB_OFFLINE"))
        }

        @Test func everyCommandDownloads() async throws {
            let server = try await repository().serve()
            let prompts = folder.write(Array(#"{"prompt": "x"}"#.utf8), as: "prompts.jsonl")
            let text = folder.write(Array("some text to read".utf8), as: "text.txt")
            let name = "owner/tiny"
            let commands = [
                ["generate", "x", "--max-tokens", "2", "--model", name],
                ["verify", "--exit-layers", "1", "--draft-lengths", "1", "--prompts", prompts, "--max-tokens", "2"]
                    + ["--model", name],
                ["evaluate", "--text", text, "--model", name], ["inspect", name],
                ["tokenize", "x", "--model", name],
                ["benchmark", "--prompts", prompts, "--max-tokens", "2", "--rounds", "1", "--model", name],
                ["export", name, "--to", "gguf", "--output", folder.file("out.gguf")],
            ]
            for command in commands {
                let home = ["HF_HOME": folder.file(command[0])]
                let run = try CommandRun(command, environment: environment(server).merging(home) { $1 })
                #expect(run.code == 0, "\(command): \(run.errors)")
            }
            #expect(server.requests.count { $0.path.hasPrefix("/api/") } == commands.count)
        }

        @Test func missingPathsAreNeverDownloaded() async throws {
            let server = try await repository().serve()
            for path in ["./owner/tiny", "owner/tiny.gguf", "a/owner/tiny", "/owner/tiny"] {
                let run = try CommandRun(["inspect", path], environment: environment(server))
                #expect(run.code == 1)
                #expect(run.errors.contains("No such file"), "\(run.errors)")
            }
            #expect(server.requests.isEmpty)
        }

        @Test func usageErrorsAndHubErrorsHaveTheirCodes() async throws {
            let server = try await repository().serve()
            for name in ["tiny", "a/b/c", "owner/tiny:../x"] {
                #expect(try CommandRun(["pull", name], environment: environment(server)).code == 2)
            }
            let run = try CommandRun(["pull", "owner/none"], environment: environment(server))
            #expect(run.code == 1)
            #expect(
                run.errors
                    == """
                    error: owner/none: expected a public model at \(server.endpoint)/owner/none, found none that the \
                    token gives access to

                    """)
        }

        @Test func twoProcessesPullOneCopy() async throws {
            let repository = try repository()
            let server = try await HubServer { request in
                var reply = repository.reply(to: request)
                if request.path.hasPrefix("/large/") { reply.pace = (bytes: 20_000, pause: .milliseconds(5)) }
                return reply
            }
            let script = """
                "$LAYERSKIP" pull owner/tiny & first=$!
                "$LAYERSKIP" pull owner/tiny & second=$!
                wait $first && wait $second
                """
            let run = try CommandRun(script: script, environment: environment(server))
            #expect(run.code == 0, "\(run.errors)")
            #expect(Set(run.output.split(separator: "\n")).count == 1)
            let path = try #require(run.output.split(separator: "\n").first)
            #expect(try TextFile.bytes(String(path)) == repository.files[0].bytes)
            #expect(server.requests.count { $0.path.hasPrefix("/large/") } == 1)
            #expect(Folder.names(in: "\(folder.path)/hub/models--owner--tiny/blobs") == [repository.files[0].hash])
        }

        @Test(arguments: ["TERM", "KILL"]) func aStoppedPullContinues(_ signal: String) async throws {
            let bytes = FakeRepository.noise(300_000)
            let repository = FakeRepository("owner/large", [.init("m.gguf", bytes, isLarge: true)])
            let server = try await HubServer { request in
                var reply = repository.reply(to: request)
                if request.path.hasPrefix("/large/"), request.earlier == 0 { reply.stallsAfter = 123_456 }
                return reply
            }
            let partial = "\(folder.path)/hub/models--owner--large/blobs/\(repository.files[0].hash).incomplete"
            let script = """
                "$LAYERSKIP" pull owner/large & pull=$!
                while [ "$(stat -c %s "\(partial)" 2>/dev/null || echo 0)" -lt 123456 ]; do sleep 0.02; done
                kill -\(signal) $pull
                wait $pull
                """
            let stopped = try CommandRun(script: script, environment: environment(server))
            #expect(stopped.code == (signal == "KILL" ? 128 + 9 : 1))
            if signal == "TERM" { #expect(stopped.errors == "error: interrupted before there was a result\n") }
            let run = try CommandRun(["pull", "owner/large"], environment: environment(server))
            #expect(run.code == 0, "\(run.errors)")
            #expect(try TextFile.bytes(String(run.output.dropLast())) == bytes)
            #expect(server.requests.last?.headers.first(name: "Range") == "bytes=123456-")
        }
    }
#endif
