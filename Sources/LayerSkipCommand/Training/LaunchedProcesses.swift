import ArgumentParser
import CLibc
import LayerSkip
import ModelTraining

/// The processes that mpirun or srun has started to train together.
enum LaunchedProcesses {
    /// Joins them, runs a function and leaves. An error ends all processes, and only one of them reports it.
    static func run(_ launcher: Launcher, _ body: (any ProcessGroup) throws -> Void) throws {
        let processes: MessagePassingGroup
        do {
            processes = try MessagePassingGroup(launcher) { message in
                Output.note("error: process \(launcher.rank): \(message)")
                _exit(ExitCode.failure.rawValue)
            }
        } catch {
            throw launcher.rank == 0 ? error : ExitCode.failure
        }
        do {
            try body(processes)
            processes.leave()
        } catch {
            if isShared(error) {
                // All processes are here, and wait for each other when they leave.
                if processes.rank == 0 { note(error) }
                processes.leave()
            } else {
                note(error, of: processes)
                processes.abort()
            }
            throw ExitCode.failure
        }
    }

    /// Whether all processes have the error.
    private static func isShared(_ error: any Error) -> Bool {
        if case TrainingError.notFinite = error { return true }
        return error is SharedError || error is TrainingStopped
    }

    private static func note(_ error: any Error, of processes: MessagePassingGroup? = nil) {
        let place = processes.map { $0.rank == 0 ? "" : "process \($0.rank) on \($0.host): " } ?? ""
        Output.note("error: \((place + "\(error)").harmless(limit: 8192))")
    }
}
