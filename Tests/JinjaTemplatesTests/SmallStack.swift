import CLibc
import Synchronization

/// Runs something on a thread with a stack of 512 KB, the size that some systems give to threads.
func onSmallStack<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
    let result = Outcome<Value>()
    var attributes = pthread_attr_t()
    #if canImport(Darwin)
        var thread: pthread_t?
    #else
        var thread = pthread_t()
    #endif
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 512 << 10)
    let status = pthread_create(
        &thread, &attributes,
        { argument in
            // The argument is optional on Linux only.
            let pointer: UnsafeMutableRawPointer? = argument
            if let pointer = pointer { Unmanaged<Job>.fromOpaque(pointer).takeRetainedValue().body() }
            return nil
        }, Unmanaged.passRetained(Job { result.value.withLock { $0 = body() } }).toOpaque())
    pthread_attr_destroy(&attributes)
    guard status == 0 else { fatalError("The thread could not be started.") }
    #if canImport(Darwin)
        if let thread = thread { pthread_join(thread, nil) }
    #else
        pthread_join(thread, nil)
    #endif
    guard let value = result.value.withLock({ $0 }) else { fatalError("The thread has no result.") }
    return value
}

private final class Job: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
