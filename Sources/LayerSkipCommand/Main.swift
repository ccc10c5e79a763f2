import ArgumentParser
import LayerSkip

/// Exit codes: 0 for success, 1 where something was wrong with the input or the machine, 2 for wrong usage.
@main
struct Main {
    static func main() {
        StandardDescriptors.reserve()
        Interruption.prepare()
        TruncatedFiles.exitProgram()
        do {
            var command = try LayerSkipCommand.parseAsRoot()
            try command.run()
        } catch let error as ExitCode {
            LayerSkipCommand.exit(withError: error)
        } catch Output.Failure.closed {
            // Whoever read our output (`| head -1`) has had enough.
            LayerSkipCommand.exit()
        } catch {
            fail(error)
        }
    }

    private static func fail(_ error: any Error) -> Never {
        switch LayerSkipCommand.exitCode(for: error) {
        case .success: LayerSkipCommand.exit(withError: error)  // --help and --version
        case .validationFailure:
            Output.note(LayerSkipCommand.fullMessage(for: error))
            LayerSkipCommand.exit(withError: ExitCode(2))
        default:
            Output.note("error: \(error)")
            LayerSkipCommand.exit(withError: ExitCode.failure)
        }
    }
}

/// One subcommand, one file.
struct LayerSkipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layerskip",
        abstract: "Language models that finish their own sentences early.",
        discussion: """
            Exit codes: 0 for success; 1 where a file, a prompt or the model does not allow what was asked, or \
            something failed; 2 where the command line is wrong whatever the files hold (an unknown option, a number \
            out of its range).

            Ctrl-C, SIGTERM and SIGHUP stop the work: a text ends there, a training saves a checkpoint, and no unfinished \
            output is left. A second one ends the program at once. Outputs are replaced by renaming when they are \
            complete; devices and pipes, such as /dev/stdout, are written to.

            The environment variable LAYERSKIP_KERNELS (scalar; avx2, avx512, avx512bf16, amx on x86-64; neon, neoni8mm \
            on arm64) forces a table of kernels; by default the fastest that this CPU can run is used.
            """,
        version: "0.1.0",
        subcommands: [
            GenerateCommand.self, ChatCommand.self, VerifyCommand.self, EvaluateCommand.self, BenchmarkCommand.self,
            InspectCommand.self, TokenizeCommand.self, TrainTokenizerCommand.self, PrepareDataCommand.self,
            ExportCommand.self, TrainCommand.self,
        ])
}
