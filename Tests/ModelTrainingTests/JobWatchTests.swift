import Foundation
import Synchronization
import Testing

@testable import ModelTraining

/// A process that should have been ended with its job ends itself.
struct JobWatchTests {
    private static let limits = JobWatch.Limits(afterLoss: 0.4, toLeave: 0.4)

    /// The messages of a watch.
    private final class Messages: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ text: String) { texts.withLock { $0.append(text) } }

        /// Waits for the first message, for some seconds.
        func first() -> String? {
            for _ in 0..<1000 where all.isEmpty { usleep(10_000) }
            return all.first
        }
    }

    private func sleepingProcess() throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sleep")
        process.arguments = ["60"]
        try process.run()
        return process
    }

    private func end(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    @Test func anIdentityEndsWithItsProcess() throws {
        let process = try sleepingProcess()
        let identity = ProcessIdentity(number: process.processIdentifier)
        #expect(identity.isRunning)
        #expect(ProcessIdentity("\(identity)") == identity)
        #expect(ProcessIdentity.own.isRunning && ProcessIdentity("12") == nil && ProcessIdentity("a+1") == nil)
        kill(process.processIdentifier, SIGSTOP)
        #expect(identity.isRunning)
        end(process)
        #expect(!identity.isRunning)
    }

    #if os(Linux)
        /// A later process may have the same number.
        @Test func anIdentityIsMoreThanANumber() throws {
            let later = try #require(ProcessIdentity("\(getpid())+1"))
            #expect(later != .own && !later.isRunning)
        }
    #endif

    @Test(arguments: [false, true]) func aLossIsReportedOnce(isSibling: Bool) throws {
        let process = try sleepingProcess()
        let identity = ProcessIdentity(number: process.processIdentifier)
        let messages = Messages()
        let watch = JobWatch(messages.add)
        watch.start(Self.limits, siblings: { isSibling ? [identity] : [] })
        if !isSibling { watch.add(["my host \(identity)", "my host \(ProcessIdentity.own)"], onHost: "my host") }
        usleep(1_200_000)
        #expect(messages.all.isEmpty)
        end(process)
        #expect(try #require(messages.first()).contains("process number \(identity.number), which has ended"))
        usleep(600_000)
        #expect(messages.all.count == 1)
    }

    @Test func whatIsElsewhereIsNotWatched() throws {
        let process = try sleepingProcess()
        let identity = ProcessIdentity(number: process.processIdentifier)
        end(process)
        let messages = Messages()
        let watch = JobWatch(messages.add)
        watch.start(Self.limits, siblings: { [] })
        watch.add(["here \(identity)", "there \(ProcessIdentity.own)", "here"], onHost: "here")
        usleep(1_200_000)
        #expect(messages.all.isEmpty)
        watch.stop()
    }

    @Test func aJobLeavesInTime() {
        let (slow, quick) = (Messages(), Messages())
        let watches = [JobWatch(slow.add), JobWatch(quick.add)]
        for watch in watches {
            watch.start(Self.limits, siblings: { [] })
            watch.expectEnd()
        }
        watches[1].stop()
        #expect(slow.first()?.contains("expected MPI to end the job") == true)
        #expect(quick.all.isEmpty)
    }
}
