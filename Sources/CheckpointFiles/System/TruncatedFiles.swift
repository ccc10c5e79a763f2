import CFatalSignals

/// Handling of files that another program truncates while they are being read.
///
/// Models, shards and texts are mapped into memory. If a file is truncated in place, reading the lost pages raises
/// SIGBUS, which terminates the program. A file replaced by renaming, as all writers here do, keeps its pages for its
/// readers.
public enum TruncatedFiles {
    /// Makes such a read exit the program with code 1 and a message on standard error that names the file. Temporary
    /// files of unfinished outputs are removed.
    ///
    /// A SIGBUS with another cause goes to the previously installed handler. The command calls this at startup; in
    /// other programs nothing is installed unless they call it.
    public static func exitProgram() { cfs_exit_on_fault_in_mapping() }
}
