import CheckpointFiles
import Foundation
import TestSupport
import Testing

@testable import ModelTraining

/// Files for TensorBoard, compared with what its own writer writes (`Tests/GoldenMakers/events.py`).
@Suite("TensorBoard's events")
struct EventFileTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.file(EventFile.name) }
    private let golden = Goldens.path("events.out.tfevents.golden")

    private let step = TrainingMetrics.step(
        StepMetrics(
            step: 300, loss: 2.5, lastLoss: 1.25, norm: 0.5, rate: 0.001, tokens: 7, tokensPerSecond: 5000))
    private let sample = TrainingMetrics.samples(
        SampleMetrics(step: 300, samples: [TextSample(prompt: "Once upon\n", text: "a time")]))

    @Test func eventsAreTensorBoardsOwn() throws {
        let records = try RecordLog.records(of: golden)
        #expect(records.count == 3)
        #expect(records[1] == EventFile.event(step, time: 2.25))
        #expect(records[2] == EventFile.event(sample, time: 3))
        let log = try RecordLog(path: path) { _ in true }
        for record in records { try log.append(record) }
        #expect(try TextFile.bytes(path) == TextFile.bytes(golden))
    }

    /// Steps that will be repeated are removed, and so is a record that a killed run left incomplete.
    @Test func aFileIsContinued() throws {
        func steps() throws -> [Int?] {
            try RecordLog.records(of: path).map { ProtocolMessage.integer(2, in: $0) }
        }
        func metrics(_ step: Int) -> TrainingMetrics {
            .step(StepMetrics(step: step, loss: 1, lastLoss: 1, norm: 1, rate: 1, tokens: 1, tokensPerSecond: 1))
        }
        do {
            let file = try EventFile(path: path, through: 0)
            for step in [1, 2, 1000, 1001] { try file.append(metrics(step)) }
        }
        #expect(try steps() == [nil, 1, 2, 1000, 1001])
        for length in [1, 8, 12, 20] {
            let bytes = try TextFile.bytes(path)
            try TextFile.write(bytes + bytes.prefix(length), to: path)
            #expect(try steps().count == 5)
            try TextFile.write(bytes, to: path)
        }
        do {
            let file = try EventFile(path: path, through: 999)
            try file.append(metrics(3))
        }
        #expect(try steps() == [nil, 1, 2, 3])
        // Everything from a damaged record on.
        var bytes = try TextFile.bytes(path)
        bytes[bytes.count - 5] ^= 1
        try TextFile.write(bytes, to: path)
        #expect(try steps() == [nil, 1, 2])
    }
}
