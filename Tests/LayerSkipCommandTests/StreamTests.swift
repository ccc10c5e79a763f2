import CommandTesting
import Foundation
import TestSupport
import Testing

@Suite("Standard input and output")
struct StreamTests {
    private let files: CommandFiles

    init() throws { files = try CommandFiles { $0.contextLength = 4096 } }

    private func run(_ script: String) throws -> CommandRun { try CommandRun(script: script, [files.model]) }

    @Test func closedInputIsAnError() throws {
        for command in ["generate", "chat", "tokenize"] {
            let run = try run("exec \"$LAYERSKIP\" \(command) --model \"$1\" <&-")
            #expect(run.code == 1)
            #expect(run.output == "")
            #expect(run.errors.contains("standard input: expected a readable text"))
        }
    }

    @Test func aReaderThatHasHadEnoughIsNoError() throws {
        let endless = "generate x --model \"$1\" --ignore-eos --max-tokens 4000"
        for command in [endless, "\(endless) --format json", "inspect \"$1\"", "tokenize --model \"$1\" a", "--help"] {
            let run = try run("{ \"$LAYERSKIP\" \(command); echo \"code $?\" >&2; } | :")
            #expect(run.errors.contains("code 0"), "\(command): \(run.errors)")
            #expect(!run.errors.contains("error:"))
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func afullDiskIsAnError() throws {
        for command in [
            "generate x --model \"$1\"", "inspect \"$1\"", "chat --model \"$1\"", "tokenize --model \"$1\" a",
            "--help", "help train", "export --help", "--version", "--generate-completion-script bash",
        ] {
            let run = try run("echo Hello | \"$LAYERSKIP\" \(command) >/dev/full")
            #expect(run.code == 1, "\(command)")
            #expect(run.errors.contains("standard output: expected to write, found: No space left"))
        }
        #expect(try run("\"$LAYERSKIP\" generate x --model \"$1\" >&-").code == 1)
        #expect(try run("\"$LAYERSKIP\" generate x --model \"$1\" 2>&-").code == 0)
    }

    @Test func promptsComeFromArgumentFileAndInputAlike() throws {
        let path = files.write("Once upon\n", as: "prompt.txt")
        func ids(_ arguments: [String], input: String = "") throws -> [Int] {
            let all = ["generate", "--model", files.model, "--format", "json", "--max-tokens", "4"] + arguments
            return try #require(try CommandRun(all, input: input).json["prompt_tokens"] as? [Int])
        }
        let expected = try ids(["Once upon"])
        #expect(try ids(["--prompt-file", path]) == expected)
        #expect(try ids([], input: "Once upon\r\n") == expected)
        #expect(try ids(["--prompt-file", "-"], input: "Once upon") == expected)
        #expect(try ids([], input: "Once upon\n\n").count == expected.count + 1)
    }

    @Test func chatReadsLines() throws {
        let input = "  Hello  \n\n/reset\nagain\n/exit\nnever read\n"
        let run = try CommandRun(["chat", "--model", files.model, "--max-tokens", "5"], input: input)
        #expect(run.code == 0)
        #expect(run.errors.contains("(conversation cleared)"))
        #expect(!run.errors.contains("> "))
        #expect(run.errors.components(separatedBy: "5 tokens").count == 3)
        // The last line needs no end.
        #expect(try CommandRun(["chat", "--model", files.model, "--max-tokens", "5"], input: "Hello").output != "")
    }

    @Test func chatSurvivesBadMessages() throws {
        let small = try CommandFiles { $0.contextLength = 160 }
        let script = "printf 'a\\377\\n%0200d\\nHello\\n' 0 | \"$LAYERSKIP\" chat --model \"$1\" --max-tokens 5"
        let run = try CommandRun(script: script, [small.model])
        // Two messages got no answer, and the exit code tells a calling program so.
        #expect(run.code == 1)
        #expect(run.errors.components(separatedBy: "error:").count == 3)
        #expect(run.errors.contains("error: message: expected text in UTF-8"))
        #expect(run.errors.contains("error: prompt: expected fewer tokens"))
        #expect(run.errors.contains("5 tokens"))
        let input = (0..<12).map { "question \($0)\n" }.joined()
        let long = try CommandRun(["chat", "--model", small.model, "--max-tokens", "5"], input: input)
        #expect(long.code == 0)
        #expect(long.errors.contains("turns dropped"))
    }

    @Test func anInterruptEndsTheTextAndNotTheStatistics() throws {
        let script = """
            "$LAYERSKIP" generate x --model "$1" --ignore-eos --max-tokens 4000 --threads 1 --stop never > "$2" &
            # Not before the text begins: an interrupt while the model is loaded is an error.
            until [ -s "$2" ] || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
            kill -INT $! 2>/dev/null; wait $!
            """
        // A shell makes background programs ignore SIGINT; this program listens to it again.
        let run = try CommandRun(script: script, [files.model, files.file("text")])
        #expect(run.code == 0)
        #expect(run.errors.contains("ended by"))
    }

    @Test func anInterruptEndsTheWaitForAPrompt() throws {
        // Signal 2 is bit 1 of the signals that the program catches. A pipe opened to read and write never ends.
        let script = """
            mkfifo "$2"
            "$LAYERSKIP" generate --model "$1" <>"$2" &
            until grep -q '^SigCgt:.*[2367abef]$' /proc/$!/status 2>/dev/null || ! kill -0 $! 2>/dev/null; do :; done
            sleep 0.2; kill -INT $! 2>/dev/null; wait $!
            """
        let run = try CommandRun(script: script, [files.model, files.file("pipe")])
        #expect(run.code == 1)
        #expect(run.errors.contains("interrupted"))
    }
}
