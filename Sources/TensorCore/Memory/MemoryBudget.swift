#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether there is memory for what is to come, asked before it is taken: Swift's own arrays trap where there is none.
package enum MemoryBudget {
    /// What must be left for small things after a large one.
    static let headroom = 16 << 20

    /// Throws unless `byteCount` bytes, and some more for small things, are available.
    package static func check(_ byteCount: Int, for purpose: @autoclosure () -> String) throws(MemoryError) {
        guard allows(byteCount) else { throw MemoryError(byteCount: byteCount, purpose: purpose(), available: nil) }
        // Reading what the system has takes longer than a small allocation is worth.
        guard byteCount >= headroom, let available = availableByteCount(), byteCount > available else { return }
        throw MemoryError(byteCount: byteCount, purpose: purpose(), available: available)
    }

    /// Whether the limit of this process's address space leaves `byteCount` bytes and the headroom.
    static func allows(_ byteCount: Int) -> Bool {
        guard isLimited else { return true }
        let (sum, overflow) = byteCount.addingReportingOverflow(headroom)
        // Not malloc, which the optimizer takes out where the memory is not used.
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

    /// Bytes that could become resident without others being killed for it; nil where the system does not tell.
    private static func availableByteCount() -> Int? {
        #if os(Linux)
            guard let free = kilobytes("MemAvailable:") else { return nil }
            let machine = (free + (kilobytes("SwapFree:") ?? 0)) * 1024
            // A container's limit (cgroup v2). What is in use already may be cached files, so it is not counted.
            let container = firstLine("/sys/fs/cgroup/memory.max") { _ in true }.flatMap { Int($0) }
            return min(machine, container ?? machine)
        #else
            return nil
        #endif
    }

    private static func kilobytes(_ key: String) -> Int? {
        let words = firstLine("/proc/meminfo") { $0.hasPrefix(key) }?.split(separator: " ")
        return words.flatMap { $0.count > 1 ? Int($0[1]) : nil }
    }

    private static func firstLine(_ path: String, where isWanted: (String) -> Bool) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let line = String(
                decoding: buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if isWanted(line) { return line }
        }
        return nil
    }
}
