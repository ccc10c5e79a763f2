import Synchronization
import CLibc

/// The order in which callers use a pool's threads.
///
/// Callers on several threads get all of a pool's threads in turn, first come, first served, for two milliseconds at a
/// time. A turn has many regions, so the few microseconds to wake a sleeping caller do not matter. A turn ends early if
/// its caller runs nothing for a while. Waiting callers sleep, and leave the cores to the working threads.
final class Turns: @unchecked Sendable {
    private let isBusy = Atomic<Bool>(false)
    /// The thread whose turn it is.
    private let holder = Atomic<UInt>(0)
    private let waiting = Atomic<Int>(0)
    /// Clock times in nanoseconds; both are updated only while a caller waits.
    private let turnEnd = Atomic<UInt64>(0)
    private let lastUse = Atomic<UInt64>(0)
    private let wakeSignal = WakeSignal()
    // Protected by the signal's lock: the next ticket to issue, and the next to serve.
    private var nextTicket = 0
    private var served = 0

    /// Two milliseconds.
    private static let turn: UInt64 = 2_000_000
    /// 50 microseconds: longer than a caller takes between two regions of one pass.
    private static let idle: UInt64 = 50_000

    /// Waits for the caller's turn, and claims the pool.
    func begin() {
        let thread = Self.currentThread
        let isMine =
            holder.load(ordering: .relaxed) == thread
            && (waiting.load(ordering: .relaxed) == 0 || Self.now < turnEnd.load(ordering: .relaxed))
        if isMine, claim() { return }
        wait(as: thread)
    }

    /// Releases the pool; the turn continues.
    func end() {
        let isAwaited = waiting.load(ordering: .relaxed) > 0
        let now = isAwaited ? Self.now : 0
        if isAwaited { lastUse.store(now, ordering: .relaxed) }
        isBusy.store(false, ordering: .releasing)
        if isAwaited, now >= turnEnd.load(ordering: .relaxed) { wakeSignal.wakeAll() }
    }

    private func claim() -> Bool {
        isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    }

    private func wait(as thread: UInt) {
        wakeSignal.lock()
        let ticket = nextTicket
        nextTicket += 1
        if waiting.load(ordering: .relaxed) == 0 {
            let isFree = holder.load(ordering: .relaxed) == 0
            turnEnd.store(Self.now + (isFree ? 0 : Self.turn), ordering: .relaxed)
            lastUse.store(Self.now, ordering: .relaxed)
        }
        waiting.add(1, ordering: .relaxed)
        var pause = Self.idle
        while !(ticket == served && isOver && claim()) {
            wakeSignal.wait(nanoseconds: Int(pause))
            // The end of a turn wakes all sleepers; an idle caller is only detected by polling.
            pause = Self.turn / 8
        }
        served += 1
        waiting.subtract(1, ordering: .relaxed)
        holder.store(thread, ordering: .relaxed)
        turnEnd.store(Self.now + Self.turn, ordering: .relaxed)
        wakeSignal.unlock()
    }

    /// Whether the turn has ended.
    private var isOver: Bool {
        let now = Self.now
        return now >= turnEnd.load(ordering: .relaxed) || now >= lastUse.load(ordering: .relaxed) + Self.idle
    }

    private static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// An identity of the calling thread; never 0.
    private static var currentThread: UInt {
        #if canImport(Glibc)
            UInt(pthread_self())
        #else
            UInt(bitPattern: pthread_self())
        #endif
    }
}
