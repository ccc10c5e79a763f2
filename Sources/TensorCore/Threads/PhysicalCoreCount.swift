import CTensorKernels
import CLibc

/// Returns the number of physical cores that this process may run on; two hardware threads of one core count once.
///
/// A container's limit of processor time also lowers it, because spinning threads would use up that time.
public func physicalCoreCount() -> Int {
    #if os(Linux)
        let cores = Set((0..<1024).filter { ctk_may_run_on($0) }.compactMap(physicalCore(of:)))
        let count = cores.isEmpty ? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) : cores.count
        return min(count, processorQuota() ?? count)
    #else
        var count: Int32 = 0
        var size = MemoryLayout<Int32>.size
        let status = sysctlbyname("hw.physicalcpu", &count, &size, nil, 0)
        return status == 0 && count > 0 ? Int(count) : 1
    #endif
}

/// The processors that this process may run on, as text for comparison with other processes.
package var allowedProcessors: String {
    #if os(Linux)
        return (0..<1024).filter { ctk_may_run_on($0) }.map(String.init).joined(separator: ",")
    #else
        return "all"
    #endif
}

#if os(Linux)
    /// A processor's package and core, read from the kernel's sysfs.
    private func physicalCore(of processor: Int32) -> [Int]? {
        let topology = "/sys/devices/system/cpu/cpu\(processor)/topology/"
        guard let package = readInteger(topology + "physical_package_id"), let core = readInteger(topology + "core_id")
        else { return nil }
        return [package, core]
    }

    /// The number of processors whose time this control group may use, at least one; nil if there is no limit.
    private func processorQuota() -> Int? {
        // The quota and its period in microseconds: "200000 100000", or "max 100000".
        guard let limit = readLine(of: "/sys/fs/cgroup/cpu.max")?.split(separator: " "), limit.count == 2,
            let quota = Int(limit[0]), let period = Int(limit[1]), period > 0
        else { return nil }
        return max(1, quota / period)
    }

    private func readInteger(_ path: String) -> Int? { readLine(of: path).flatMap { Int($0) } }

    /// A file's first line, without its end.
    private func readLine(of path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let characters = line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
        return String(decoding: characters, as: UTF8.self)
    }
#endif
