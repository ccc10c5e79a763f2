import CLibc

/// The reason why a system call failed. Read it right after the call, before another call overwrites it.
struct SystemError: Error, Equatable, CustomStringConvertible {
    let code: Int32

    /// The error of the last failed call on this thread.
    static var last: SystemError { SystemError(code: errno) }

    var description: String { String(cString: strerror(code)) }

    static let nothingThere = SystemError(code: ENOENT)
    static let notAFolder = SystemError(code: ENOTDIR)
    static let interrupted = SystemError(code: EINTR)
    static let noSuchProcess = SystemError(code: ESRCH)
    static let wouldBlock = SystemError(code: EWOULDBLOCK)
    static let temporarilyFull = SystemError(code: EAGAIN)

    /// Whether the descriptor has nothing to sync, as pipes, terminals and some file systems report.
    var meansNothingToSynchronize: Bool { [EINVAL, ENOTSUP, ENOSYS, EROFS].contains(code) }
}

extension FileError {
    /// Returns a system call's result, or throws an error that names the file.
    static func explaining<Result>(
        _ file: String, expected: String, _ call: @autoclosure () throws(SystemError) -> Result
    ) throws(FileError) -> Result {
        do {
            return try call()
        } catch .interrupted where InterruptionRequest.isMade {
            throw FileError(file: file, expected: expected, found: "an interruption")
        } catch {
            throw FileError(file: file, expected: expected, found: error.description)
        }
    }
}
