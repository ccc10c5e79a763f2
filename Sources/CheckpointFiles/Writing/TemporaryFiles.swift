import CFatalSignals

/// The temporary files and folders of outputs that are being written.
package enum TemporaryFiles {
    /// Removes them all when the program is about to end abruptly. Safe in a signal handler.
    package static func removeAll() { cfs_remove_leftovers() }
}
