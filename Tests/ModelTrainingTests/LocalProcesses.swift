import Foundation
import ModelTraining
import TensorCore

/// Threads of the tests that train together like processes, and exchange messages through memory.
final class LocalProcesses: @unchecked Sendable {
    private let condition = NSCondition()
    /// Messages on their way: by receiver, then by sender.
    private var mail: [[[[UInt8]]]]

    private init(_ size: Int) { mail = Array(repeating: Array(repeating: [], count: size), count: size) }

    /// Runs a function once per process, and returns the results in order of rank.
    static func run<Result: Sendable>(
        _ size: Int, _ body: @escaping @Sendable (any ProcessGroup) throws -> Result
    ) throws -> [Result] {
        let group = LocalProcesses(size)
        let results = Results<Result>(size)
        let threads = (0..<size).map { rank in
            let thread = Thread {
                results.set(rank, Swift.Result { try body(Member(rank: rank, size: size, group: group)) })
            }
            thread.stackSize = 8 << 20
            return thread
        }
        threads.forEach { $0.start() }
        return try results.wait().map { try $0.get() }
    }

    private final class Results<Result>: @unchecked Sendable {
        private let condition = NSCondition()
        private var results: [Swift.Result<Result, any Error>?]

        init(_ size: Int) { results = Array(repeating: nil, count: size) }

        func set(_ rank: Int, _ result: Swift.Result<Result, any Error>) {
            condition.withLock {
                results[rank] = result
                condition.broadcast()
            }
        }

        func wait() -> [Swift.Result<Result, any Error>] {
            condition.withLock {
                while results.contains(where: { $0 == nil }) { condition.wait() }
                return results.compactMap { $0 }
            }
        }
    }

    private final class Member: ProcessGroup {
        let rank: Int
        let size: Int
        var host: String { "host\(rank)" }
        /// With and without threads, messages are the same.
        var overlaps: Bool { rank % 2 == 0 }
        private let group: LocalProcesses

        init(rank: Int, size: Int, group: LocalProcesses) {
            self.rank = rank
            self.size = size
            self.group = group
        }

        func exchange(_ outgoing: [Message], _ incoming: [Message], isPatient: @autoclosure () -> Bool) {
            group.condition.withLock {
                for message in outgoing {
                    group.mail[message.peer][rank].append(Array(message.storage.bytes[message.bytes]))
                }
                group.condition.broadcast()
                for message in incoming {
                    while group.mail[rank][message.peer].isEmpty { group.condition.wait() }
                    let bytes = group.mail[rank][message.peer].removeFirst()
                    precondition(bytes.count == message.bytes.count, "a message of the length that is expected")
                    message.storage.withBytes { all in
                        all.withUnsafeBytes { all in
                            guard let base = all.baseAddress else { return }
                            let start = UnsafeMutableRawPointer(mutating: base + message.bytes.lowerBound)
                            bytes.withUnsafeBytes { bytes in
                                guard let source = bytes.baseAddress else { return }
                                start.copyMemory(from: source, byteCount: bytes.count)
                            }
                        }
                    }
                }
            }
        }

        func abort() {}
        func leave() {}
    }
}
