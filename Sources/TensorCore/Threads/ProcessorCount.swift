import CTensorKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many physical cores this process may run on; two hardware threads of one core count once.
public func physicalCoreCount() -> Int {
    #if os(Linux)
        let cores = Set((0..<1024).filter { ctk_may_run_on($0) }.compactMap(physicalCore(of:)))
        return cores.isEmpty ? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) : cores.count
    #else
        var count: Int32 = 0
        var size = MemoryLayout<Int32>.size
        let status = sysctlbyname("hw.physicalcpu", &count, &size, nil, 0)
        return status == 0 && count > 0 ? Int(count) : 1
    #endif
}

#if os(Linux)
    /// A processor's package and core, as the kernel's sysfs tells them.
    private func physicalCore(of processor: Int32) -> [Int]? {
        let topology = "/sys/devices/system/cpu/cpu\(processor)/topology/"
        guard let package = readInteger(topology + "physical_package_id"), let core = readInteger(topology + "core_id")
        else { return nil }
        return [package, core]
    }

    private func readInteger(_ path: String) -> Int? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 32)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        return atol(line)
    }
#endif
