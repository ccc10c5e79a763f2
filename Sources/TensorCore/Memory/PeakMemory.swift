import CLibc

/// Returns the peak resident memory of this process in bytes; 0 if the system does not report it.
public func peakMemoryByteCount() -> Int {
    #if os(Linux)
        // Not getrusage: its figure starts from the memory of the process that launched this one.
        guard let file = fopen("/proc/self/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            if strncmp(line, "VmHWM:", 6) == 0 {
                return line.withUnsafeBufferPointer { atol($0.baseAddress! + 6) } * 1024
            }
        }
        return 0
    #else
        var usage = rusage()
        return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0
    #endif
}
