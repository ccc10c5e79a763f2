import CFatalSignals

/// What happens where another program shortens a file while it is being read.
///
/// Models, shards and texts are mapped into memory. The pages of a file that is shortened in place go missing, and the
/// system answers a read of them with the signal SIGBUS, which ends the program. A file that is replaced by renaming,
/// as all writers here do, keeps its pages for its readers.
public enum TruncatedFiles {
    /// From now on, such a read ends the program with a message on standard error that names the file, and exit code 1.
    /// Temporary files of unfinished outputs are removed.
    ///
    /// A SIGBUS of any other cause goes to the handler that was installed before. The command calls this at its start;
    /// in other programs nothing is installed unless they do.
    public static func exitProgram() { cfs_exit_on_fault_in_mapping() }
}
