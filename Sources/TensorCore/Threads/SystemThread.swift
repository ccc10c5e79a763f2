import CLibc

/// A thread of the operating system, for work that must not occupy Swift's cooperative pool.
package final class SystemThread: @unchecked Sendable {
    private let handle: pthread_t

    /// Starts a thread that runs `body`. The caller must call ``join()`` or ``detach()``. nil if the system allows no
    /// more threads.
    package init?(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        #if canImport(Darwin)
            var handle: pthread_t?
        #else
            var handle = pthread_t()
        #endif
        let status = pthread_create(&handle, nil, { runThread($0) }, box.toOpaque())
        guard status == 0 else {
            box.release()
            return nil
        }
        #if canImport(Darwin)
            self.handle = handle.unsafelyUnwrapped
        #else
            self.handle = handle
        #endif
    }

    /// Waits until the thread has ended.
    package func join() { pthread_join(handle, nil) }

    /// Lets the thread run to its end without being joined.
    package func detach() { pthread_detach(handle) }
}

private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

#if canImport(Darwin)
    private func runThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? { runBox(argument) }
#else
    private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        argument.flatMap(runBox)
    }
#endif

private func runBox(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
    return nil
}
