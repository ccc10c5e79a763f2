import Synchronization
import Testing

@testable import ModelTraining

struct ExchangeQueueTests {
    private final class Record: Sendable {
        let numbers = Mutex<[Int]>([])
        let isOpen = Atomic<Bool>(false)

        func add(_ number: Int) { numbers.withLock { $0.append(number) } }
    }

    @Test func exchangesRunInOrderWhileTheCallerWorks() throws {
        let record = Record()
        try ExchangeQueue.run(overlaps: true) { queue in
            let first = queue.add { _ in
                // The caller goes on although this has not ended.
                while !record.isOpen.load(ordering: .acquiring) {}
                record.add(1)
            }
            for number in 2...100 { _ = queue.add { _ in record.add(number) } }
            #expect(record.numbers.withLock { $0 } == [])
            record.isOpen.store(true, ordering: .releasing)
            queue.wait(until: first)
            #expect(record.numbers.withLock { $0.first } == 1)
        }
        #expect(record.numbers.withLock { $0 } == Array(1...100))
    }

    @Test func withoutOverlapExchangesRunWhenTheCallerWaits() throws {
        let record = Record()
        try ExchangeQueue.run(overlaps: false) { queue in
            for number in 1...5 { _ = queue.add { _ in record.add(number) } }
            #expect(record.numbers.withLock { $0 } == [])
            queue.wait(until: 3)
            #expect(record.numbers.withLock { $0 } == [1, 2, 3])
        }
        #expect(record.numbers.withLock { $0 } == [1, 2, 3, 4, 5])
    }

    @Test(arguments: [false, true]) func theFirstErrorEndsTheQueue(overlaps: Bool) {
        let record = Record()
        let error = #expect(throws: ProcessGroupError.self) {
            try ExchangeQueue.run(overlaps: overlaps) { queue in
                for number in 0..<5 {
                    _ = queue.add { _ throws(ProcessGroupError) in
                        record.add(number)
                        if number >= 2 { throw ProcessGroupError("lost in \(number)") }
                    }
                }
                queue.wait(until: 5)
            }
        }
        #expect(error?.description == "lost in 2")
        #expect(record.numbers.withLock { $0 } == [0, 1, 2])
    }
}
