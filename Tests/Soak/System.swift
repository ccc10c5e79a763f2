#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Waits.
func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// Writes a line to standard output, at once: should the program crash, it must not be lost.
func show(_ line: String) { put(line, 1) }

/// Writes a line to standard error.
func note(_ line: String) { put(line, 2) }

private func put(_ line: String, _ descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
}
