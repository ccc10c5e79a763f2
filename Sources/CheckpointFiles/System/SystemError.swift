#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Why a call of the operating system failed. It is read right after the call, before another one forgets it.
struct SystemError: Error, Equatable, CustomStringConvertible {
    let code: Int32

    /// The reason of the call that failed last on this thread.
    static var last: SystemError { SystemError(code: errno) }

    var description: String { String(cString: strerror(code)) }

    static let nothingThere = SystemError(code: ENOENT)
    static let interrupted = SystemError(code: EINTR)
    static let noSuchProcess = SystemError(code: ESRCH)
    static let wouldBlock = SystemError(code: EWOULDBLOCK)
    static let temporarilyFull = SystemError(code: EAGAIN)

    /// Pipes, terminals and some file systems report that they have nothing to wait for.
    var meansNothingToSynchronize: Bool { [EINVAL, ENOTSUP, ENOSYS, EROFS].contains(code) }
}

extension FileError {
    /// What a call of the system gives, or else an error that says which file it was about.
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
