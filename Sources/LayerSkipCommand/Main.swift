import ArgumentParser
import LayerSkip

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Exit codes: 0 for success, 1 where something was wrong with the input or the machine, 2 for wrong usage.
@main
struct Main {
    static func main() {
        StandardDescriptors.reserve()
        Interruption.prepare()
        TruncatedFiles.exitProgram()
        MemoryError.onFailure { error in
            Output.note("error: \(error)")
            // Not exit: other threads work on, with what it would take away.
            _exit(1)
        }
        do {
            try checkArguments()
            // The least that any command takes.
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
        case .success: succeed(with: LayerSkipCommand.fullMessage(for: error))  // --help and --version
        case .validationFailure:
            Output.note(LayerSkipCommand.fullMessage(for: error))
            LayerSkipCommand.exit(withError: ExitCode(2))
        default:
            // Its names come from the command line and from files.
            Output.note("error: \("\(error)".harmless(limit: 8192))")
            LayerSkipCommand.exit(withError: ExitCode.failure)
        }
    }

    /// Writes what was asked for, such as help, which is a result like any other.
    private static func succeed(with message: String) -> Never {
        do {
            try Output.write(message + "\n")
        } catch .closed {
            // Its reader has closed it.
        } catch {
            Output.note("error: \(error)")
            LayerSkipCommand.exit(withError: ExitCode.failure)
        }
        LayerSkipCommand.exit()
    }

    /// Refuses an argument that is no text: Swift would put U+FFFD for what it cannot read, in a prompt or in a path.
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

/// One subcommand, one file.
struct LayerSkipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layerskip",
        abstract: "Train and run language models with early exit and self-speculative decoding (LayerSkip).",
        discussion: """
            Exit codes: 0 for success; 1 where a file, a prompt or the model does not allow what was asked, or \
            something failed; 2 where the command line is wrong whatever the files hold (an unknown option, a number \
            out of its range).

            Ctrl-C, SIGTERM and SIGHUP stop the work: a text ends there, a training saves a checkpoint, and no \
            unfinished output is left. A second one ends the program at once. Outputs are replaced by renaming when \
            they are complete; devices and pipes, such as /dev/stdout, are written to. ~ at the beginning of a path is \
            the home folder.

            The environment variable LAYERSKIP_KERNELS (scalar; avx2, avx512, avx512bf16, amx on x86-64; neon, \
            neoni8mm on arm64) forces a table of kernels; by default the fastest that this CPU can run is used.
            """,
        version: layerSkipVersion,
        subcommands: [
            GenerateCommand.self, ChatCommand.self, VerifyCommand.self, EvaluateCommand.self, BenchmarkCommand.self,
            InspectCommand.self, TokenizeCommand.self, TrainTokenizerCommand.self, PrepareDataCommand.self,
            ExportCommand.self, TrainCommand.self,
        ])
}
