import Foundation
import LayerSkip
import Synchronization
import TestSupport
import Testing

@Suite("Asynchronous loading")
struct AsynchronousLoadingTests {
    private let folder = TemporaryFolder()

    @Test func progressGoesFromNothingToAll() async throws {
        try TinyLlamaFile().write(to: folder.file("model.gguf"))
        let shares = Shares()
        let model = try await TextModel.load(path: folder.file("model.gguf"), threads: 1) { shares.add($0) }
        let seen = shares.all
        #expect(seen.first == 0 && seen.last == 1 && seen.count > 10 && seen == seen.sorted())
        let other = try TextModel(path: folder.file("model.gguf"), threads: 1)
        #expect(model.tokenizer.vocabularySize == other.tokenizer.vocabularySize)
        await #expect(throws: CheckpointError.self) { try await TextModel.load(path: folder.file("none")) }
    }

    @Test func aCancelledTaskStopsLoading() async throws {
        try TinyLlamaFile().write(to: folder.file("model.gguf"))
        let path = folder.file("model.gguf")
        let shares = Shares()
        let task = Task {
            try await TextModel.load(path: path, threads: 1) { share in
                shares.add(share)
                // Loading waits here until the task is cancelled.
                while share > 0, !shares.isReleased { usleep(1000) }
            }
        }
        while shares.all.count < 2 { await Task.yield() }
        task.cancel()
        shares.release()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(shares.all.last != 1)
    }
}

/// What progress has been told of.
private final class Shares: Sendable {
    private let shares = Mutex<[Double]>([])
    private let released = Atomic<Bool>(false)

    func add(_ share: Double) { shares.withLock { $0.append(share) } }
    var all: [Double] { shares.withLock { $0 } }
    func release() { released.store(true, ordering: .relaxed) }
    var isReleased: Bool { released.load(ordering: .relaxed) }
}
