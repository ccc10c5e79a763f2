import CLibc

/// Waits.
func pause(microseconds: UInt32) { usleep(microseconds) }

/// Writes a line to standard output, unbuffered so that a crash does not lose it.
func show(_ line: String) { put(line, 1) }

/// Writes a line to standard error.
func note(_ line: String) { put(line, 2) }

private func put(_ line: String, _ descriptor: Int32) {
    let bytes = Array((line + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
}
