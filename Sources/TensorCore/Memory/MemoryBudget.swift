import CLibc

/// Checks that memory is available, made before it is allocated because Swift's own arrays trap if there is none.
package enum MemoryBudget {
    /// Bytes that must remain for small allocations after a large one.
    static let headroom = 16 << 20

    /// Throws unless `byteCount` bytes are available, plus some headroom for small allocations.
    package static func check(_ byteCount: Int, for purpose: @autoclosure () -> String) throws(MemoryError) {
        guard allows(byteCount) else { throw MemoryError(byteCount: byteCount, purpose: purpose(), available: nil) }
        // For small allocations, reading the system's figures would take too long.
        guard byteCount >= headroom, let available = availableByteCount(), byteCount > available else { return }
        throw MemoryError(byteCount: byteCount, purpose: purpose(), available: available)
    }

    /// Whether the limit on this process's address space allows `byteCount` more bytes and the headroom.
    static func allows(_ byteCount: Int) -> Bool {
        guard isLimited else { return true }
        let (sum, overflow) = byteCount.addingReportingOverflow(headroom)
        // Not malloc: the optimizer removes it if the memory is not used.
        guard !overflow,
            let memory = mmap(nil, sum, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED
        else { return false }
        munmap(memory, sum)
        return true
    }

    private static let isLimited: Bool = {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
        #else
            let resource = RLIMIT_AS
        #endif
        return getrlimit(resource, &limit) == 0 && limit.rlim_cur < rlim_t(Int.max)
    }()

    /// Bytes that can become resident without the system killing other processes; nil if the system does not report it.
    private static func availableByteCount() -> Int? {
        #if os(Linux)
            guard let free = kilobytes("MemAvailable:") else { return nil }
            let machine = (free + (kilobytes("SwapFree:") ?? 0)) * 1024
            // A container's limit (cgroup v2). Memory in use is not subtracted, since it may be cached files.
            let container = SystemFile.firstLine("/sys/fs/cgroup/memory.max") { _ in true }.flatMap { Int($0) }
            return min(machine, container ?? machine)
        #else
            return nil
        #endif
    }

    private static func kilobytes(_ key: String) -> Int? {
        let words = SystemFile.firstLine("/proc/meminfo") { $0.hasPrefix(key) }?.split(separator: " ")
        return words.flatMap { $0.count > 1 ? Int($0[1]) : nil }
    }
}
