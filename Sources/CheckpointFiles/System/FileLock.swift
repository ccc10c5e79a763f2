import CLibc

/// A lock on a file, held while the object lives; it ends when the process is killed. Programs agree on the path, as
/// those do that use `flock`, such as Python's `filelock`.
package final class FileLock: Sendable {
    private let descriptor: OwnedDescriptor

    private init(_ descriptor: OwnedDescriptor) { self.descriptor = descriptor }

    /// Takes the lock, and creates its file if there is none; nil if another program holds it.
    ///
    /// - Throws: if the file cannot be created or locked.
    package static func take(_ path: String) throws(FileError) -> FileLock? {
        let expected = "a file that can be locked"
        while true {
            let file = OwnedDescriptor(
                try FileError.explaining(path, expected: expected, try SystemCalls.openToLock(path)))
            do {
                try SystemCalls.lock(file.number)
            } catch .wouldBlock {
                return nil
            } catch {
                throw FileError(file: path, expected: expected, found: error.description)
            }
            // A program that releases the lock may remove its file; a lock on a file without a name excludes no one.
            let own = try? SystemCalls.status(of: file.number)
            if let own, (try? SystemCalls.status(of: path))?.identity == own.identity { return FileLock(file) }
        }
    }
}
