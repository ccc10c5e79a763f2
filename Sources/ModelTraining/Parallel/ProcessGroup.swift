package import TensorCore

/// The processes that train one model together. Each calls the same functions in the same order, from one thread at a
/// time.
package protocol ProcessGroup: AnyObject, Sendable {
    /// This process's number, 0..<size. Process 0 writes the run's files.
    var rank: Int { get }
    /// The number of processes.
    var size: Int { get }
    /// The name of this process's computer, for messages.
    var host: String { get }
    /// Whether messages travel while this process computes. On a single computer, the cores that compute copy them.
    var overlaps: Bool { get }

    /// Sends and receives messages, and returns when all have arrived. Messages between two processes arrive in the
    /// order in which they are sent.
    ///
    /// - Parameter isPatient: whether waiting must cost little, because other processes may be busy for long, or because
    ///   other threads of this one compute. It may change in the meantime.
    func exchange(
        _ outgoing: [Message], _ incoming: [Message], isPatient: @autoclosure () -> Bool
    ) throws(ProcessGroupError)

    /// Ends all processes, because this one has failed.
    func abort()
    /// Leaves the group. All processes must call it.
    func leave()
}

/// Bytes that travel from one process to another.
package struct Message {
    /// The other process.
    package let peer: Int
    /// The memory that is sent, or written when the message arrives.
    package let storage: Storage
    /// The range within that memory.
    package let bytes: Range<Int>

    /// Creates a message of all bytes of a block of memory.
    package init(peer: Int, _ storage: Storage) {
        self.init(peer: peer, storage, bytes: 0..<storage.byteCount)
    }

    /// Creates a message of a tensor's elements, counted row after row.
    package init(peer: Int, _ tensor: Tensor, _ elements: Range<Int>) {
        let size = MemoryLayout<Float>.stride
        let first = tensor.firstElement
        self.init(
            peer: peer, tensor.storage,
            bytes: size * (first + elements.lowerBound)..<size * (first + elements.upperBound))
    }

    private init(peer: Int, _ storage: Storage, bytes: Range<Int>) {
        self.peer = peer
        self.storage = storage
        self.bytes = bytes
    }
}

/// The error of a message that did not arrive, or of a group that cannot work together.
package struct ProcessGroupError: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// The group of a program that trains alone.
package final class SingleProcess: ProcessGroup, Sendable {
    package let rank = 0
    package let size = 1
    package let host = ""
    package let overlaps = false

    package init() {}

    package func exchange(_ outgoing: [Message], _ incoming: [Message], isPatient: @autoclosure () -> Bool) {
        precondition(outgoing.isEmpty && incoming.isEmpty, "there is no other process")
    }

    package func abort() {}
    package func leave() {}
}

extension ProcessGroup {
    /// The other processes.
    package var peers: [Int] { (0..<size).filter { $0 != rank } }

    /// Returns the bytes that each process passes, in order of rank. All pass the same number.
    ///
    /// - Parameter isPatient: as for ``exchange(_:_:isPatient:)``.
    package func collect(
        _ bytes: [UInt8], isPatient: @autoclosure () -> Bool = true
    ) throws(ProcessGroupError) -> [[UInt8]] {
        try collect(bytes, counts: Array(repeating: bytes.count, count: size), isPatient: isPatient())
    }

    /// Returns the numbers that each process passes, in order of rank. All pass as many.
    func collect(_ numbers: [Double]) throws(ProcessGroupError) -> [[Double]] {
        if size == 1 { return [numbers] }
        let bytes = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
        }
        return try collect(bytes).map { bytes in
            numbers.indices.map { index in
                Double(bitPattern: bytes[8 * index..<8 * index + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
            }
        }
    }

    /// Returns the texts that each process passes, in order of rank.
    package func collect(_ text: String) throws(ProcessGroupError) -> [String] {
        let bytes = Array(text.utf8)
        let counts = try collect((0..<8).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) })
        return try collect(
            bytes, counts: counts.map { $0.reversed().reduce(0) { count, byte in count << 8 | Int(byte) } }
        ).map { String(decoding: $0, as: UTF8.self) }
    }

    private func collect(
        _ bytes: [UInt8], counts: [Int], isPatient: @autoclosure () -> Bool = true
    ) throws(ProcessGroupError) -> [[UInt8]] {
        if size == 1 { return [bytes] }
        let own = Storage(bytes)
        let received = counts.map { Storage(byteCount: $0) }
        try exchange(
            peers.map { Message(peer: $0, own) }, peers.map { Message(peer: $0, received[$0]) }, isPatient: isPatient())
        return (0..<size).map { $0 == rank ? bytes : received[$0].bytes }
    }
}
