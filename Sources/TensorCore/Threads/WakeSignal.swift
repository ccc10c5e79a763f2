import CLibc

/// A lock with a condition variable that wakes all sleepers.
package final class WakeSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func lock() { pthread_mutex_lock(mutex) }

    package func unlock() { pthread_mutex_unlock(mutex) }

    /// Wakes all sleepers.
    package func wakeAll() {
        lock()
        pthread_cond_broadcast(condition)
        unlock()
    }

    /// Sleeps until `isDue` returns true, which is checked after each `wakeAll()`. The caller holds the lock.
    package func wait(until isDue: () -> Bool) {
        while !isDue() { pthread_cond_wait(condition, mutex) }
    }

    /// Sleeps until `wakeAll()` or until some nanoseconds have passed. The caller holds the lock.
    func wait(nanoseconds: Int) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let end = Int(time.tv_nsec) + nanoseconds
        time.tv_sec += end / 1_000_000_000
        time.tv_nsec = end % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &time)
    }
}
