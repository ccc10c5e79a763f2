/// An open file descriptor that is closed with its last reference.
final class OwnedDescriptor: Sendable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    deinit { SystemCalls.closeDescriptor(number) }

    /// Waits until the bytes are on disk, if there is a disk behind the descriptor.
    func synchronize() throws(SystemError) {
        do {
            try SystemCalls.synchronize(number)
        } catch  where error.meansNothingToSynchronize {
            // A pipe or a terminal.
        }
    }

    /// Writes the whole file to a stream, from its start.
    func copyAll(to stream: OwnedDescriptor) throws(SystemError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
        defer { buffer.deallocate() }
        var offset = 0
        while true {
            let count = try SystemCalls.read(into: buffer, from: number, at: offset)
            if count == 0 { break }
            try SystemCalls.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), to: stream.number, canWait: true)
            offset += count
        }
        try stream.synchronize()
    }
}
