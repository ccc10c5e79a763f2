import Synchronization
import TensorCore

/// Exchanges with other processes that run one after the other in a thread of their own, while the caller computes.
///
/// MPI moves large messages only while it is called, and an operation may take longer than a bucket's messages. So calls
/// between operations would not be enough. A queue without overlap runs exchanges in the caller's thread, when it waits.
final class ExchangeQueue: @unchecked Sendable {
    /// An exchange; its queue says whether the caller waits.
    typealias Exchange = @Sendable (ExchangeQueue) throws(ProcessGroupError) -> Void

    private let signal = WakeSignal()
    // Protected by the signal's lock.
    private var exchanges: [Exchange] = []
    private var ended = 0
    private var isClosed = false
    private var error: ProcessGroupError?
    private let waits = Atomic<Bool>(false)
    private let overlaps: Bool

    private init(overlaps: Bool) { self.overlaps = overlaps }

    /// Runs a function that adds exchanges, in the same order in all processes, and waits until they have ended. Until
    /// then, the processes must not be used in any other way.
    ///
    /// - Parameter overlaps: whether exchanges run in another thread. Processes may choose differently.
    /// - Throws: the first error of an exchange. Those after it do not run.
    static func run(overlaps: Bool, _ body: (ExchangeQueue) -> Void) throws(ProcessGroupError) {
        let queue = ExchangeQueue(overlaps: overlaps)
        let thread = overlaps ? SystemThread { queue.work() } : nil
        if overlaps, thread == nil {
            throw ProcessGroupError(
                "expected a thread for messages, found that the system allows no more; raise its limit of threads")
        }
        body(queue)
        queue.change { queue.isClosed = true }
        queue.waits.store(true, ordering: .relaxed)
        if let thread { thread.join() } else { queue.work() }
        if let error = queue.error { throw error }
    }

    /// Whether the caller waits, and so leaves its cores to the exchanges.
    var isAwaited: Bool { waits.load(ordering: .relaxed) }

    /// Adds an exchange.
    ///
    /// - Returns: its number, for ``wait(until:)``.
    func add(_ exchange: @escaping Exchange) -> Int {
        change {
            exchanges.append(exchange)
            return exchanges.count
        }
    }

    /// Waits until the exchange of a number has ended, so that memory which it reads may change.
    func wait(until number: Int) {
        waits.store(true, ordering: .relaxed)
        if overlaps {
            signal.lock()
            signal.wait { ended >= number }
            signal.unlock()
        } else {
            work(until: number)
        }
        waits.store(false, ordering: .relaxed)
    }

    private func change<Result>(_ body: () -> Result) -> Result {
        signal.lock()
        let result = body()
        signal.unlock()
        signal.wakeAll()
        return result
    }

    /// Runs exchanges until that of a number has ended, or until there are no more.
    private func work(until number: Int = .max) {
        while ended < number, let exchange = next() {
            var failure: ProcessGroupError?
            if error == nil {
                do { try exchange(self) } catch { failure = error }
            }
            change {
                error = error ?? failure
                ended += 1
            }
        }
    }

    /// Waits for the next exchange; nil if there are no more.
    private func next() -> Exchange? {
        signal.lock()
        defer { signal.unlock() }
        signal.wait { exchanges.count > ended || isClosed }
        return exchanges.count > ended ? exchanges[ended] : nil
    }
}
