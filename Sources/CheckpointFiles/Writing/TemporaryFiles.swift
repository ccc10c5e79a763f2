import CFatalSignals

/// The temporary files and folders of outputs that this program is writing.
package enum TemporaryFiles {
    /// Removes them, where the program is about to end without another chance. Safe in a signal handler.
    package static func removeAll() { cfs_remove_leftovers() }
}
