import ArgumentParser
import LayerSkip
import CLibc

/// The program. Exit codes: 0 for success, 1 for a problem with the input or the machine, 2 for wrong usage.
@main
struct Main {
    static func main() {
        StandardDescriptors.reserve()
        Interruption.prepare()
        TruncatedFiles.exitProgram()
        MemoryError.onFailure { error in
            Output.note("error: \(error)")
            // Not `exit`, which would destroy objects that other threads still use.
            _exit(1)
        }
        do {
            try checkArguments()
            // The minimum that any command needs.
            try MemoryBudget.check(32 << 20, for: "memory")
            var command = try LayerSkipCommand.parseAsRoot()
            try command.run()
        } catch let error as ExitCode {
            LayerSkipCommand.exit(withError: error)
        } catch Output.Failure.closed {
            // The reader of the output, such as `head -1`, has closed it.
            LayerSkipCommand.exit()
        } catch {
            fail(error)
        }
    }

    private static func fail(_ error: any Error) -> Never {
        switch LayerSkipCommand.exitCode(for: error) {
        case .success:  // --help and --version
            let message = LayerSkipCommand.fullMessage(for: error)
            succeed(with: message == layerSkipVersion ? BuildInformation.text : message)
        case .validationFailure:
            Output.note(LayerSkipCommand.fullMessage(for: error))
            LayerSkipCommand.exit(withError: ExitCode(2))
        default:
            // The message may contain names from the command line and from files.
            Output.note("error: \("\(error)".harmless(limit: 8192))")
            LayerSkipCommand.exit(withError: ExitCode.failure)
        }
    }

    /// Writes requested text, such as help, to standard output like any other result.
    private static func succeed(with message: String) -> Never {
        do {
            try Output.write(message + "\n")
        } catch .closed {
            // The reader has closed the output.
        } catch {
            Output.note("error: \(error)")
            LayerSkipCommand.exit(withError: ExitCode.failure)
        }
        LayerSkipCommand.exit()
    }

    /// Rejects an argument that is not UTF-8. Swift would replace its invalid bytes by U+FFFD, in a prompt or a path.
    private static func checkArguments() throws {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index], unsafe String(validatingCString: argument) == nil
            else { continue }
            throw InputError(
                name: "argument \(index)", expected: "text in UTF-8",
                found: unsafe String(cString: argument).quoted)
        }
    }
}

/// The `layerskip` command, with one file per subcommand.
struct LayerSkipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layerskip",
        abstract: "Train and run language models with early exit and self-speculative decoding (LayerSkip).",
        discussion: """
            Exit codes: 0 for success; 1 if the file, prompt or model does not support the request, or the operation \
            failed; 2 if the command line is invalid regardless of any file (an unknown option, a number out of range).

            Ctrl-C, SIGTERM and SIGHUP stop the command: a text ends early, a training run saves a checkpoint, and no \
            unfinished output is left. A second signal ends the program at once. A complete output replaces an \
            existing file by renaming; devices and pipes, such as /dev/stdout, are written to directly. ~ at the \
            beginning of a path stands for the home folder.

            The environment variable LAYERSKIP_KERNELS selects the kernels for an instruction set: scalar; avx2, \
            avx512, avx512bf16 or amx on x86-64; neon or neoni8mm on arm64. The default is the fastest set that this \
            CPU supports.
            """,
        version: layerSkipVersion,
        subcommands: [
            GenerateCommand.self, ChatCommand.self, VerifyCommand.self, EvaluateCommand.self, BenchmarkCommand.self,
            ApproximateCommand.self,
            TuneCommand.self, InspectCommand.self, TokenizeCommand.self, TrainTokenizerCommand.self,
            PrepareDataCommand.self, ExportCommand.self, TrainCommand.self, PullCommand.self, ModelsCommand.self,
        ])
}
