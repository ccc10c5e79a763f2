import Foundation
import LayerSkip
import Testing

@testable import LayerSkipCommand

@Suite("Training progress")
struct TrainingProgressTests {
    @Test func durations() {
        #expect(
            [0, 59.6, 61, 3599, 3600, 9000].map(\.duration) == [
                "0 s", "1 min 0 s", "1 min 1 s", "59 min 59 s", "1 h 0 min", "2 h 30 min",
            ])
        #expect(Double.infinity.duration == "inf s")
    }

    @Test func aRunThatGoesOnNamesAnotherArithmetic() throws {
        #expect(TrainingOrigin(step: 7).summary == "resuming after step 7")
        #expect(
            TrainingOrigin(step: 7, otherArithmetic: "amx").summary.hasPrefix(
                "resuming after step 7, which used \"amx\" arithmetic; this machine uses another"))
    }

    private func line(_ exits: [Int], showing exitLayers: [Int]?) throws -> String {
        let rows = exits.map { "{\"exit\": \($0), \"loss\": \(40 - $0), \"accuracy\": 0.1, \"agreement\": 0.5}" }
        let json = "{\"step\": 7, \"scored_tokens\": 3, \"exits\": [\(rows.joined(separator: ", "))]}"
        let metrics = try JSONDecoder().decode(ValidationMetrics.self, from: Data(json.utf8))
        return metrics.summary(exitLayers: exitLayers)
    }

    @Test func aValidationShowsTheTrainedExitsOrTheOneHalfWay() throws {
        let start = "validation after step 7: loss"
        #expect(
            try line([1, 2, 3, 4], showing: [2, 3])
                == "\(start) 36.000; exit 2: 38.000, agreement 50.0 %; exit 3: 37.000, agreement 50.0 %")
        for (exits, half) in [(2, 1), (4, 2), (5, 2), (16, 8)] {
            let line = try line(Array(1...exits), showing: nil)
            #expect(line.hasPrefix("\(start) \(40 - exits).000; exit \(half): "), "\(exits)")
            #expect(line.count(where: { $0 == ";" }) == 1)
        }
        #expect(try line([1, 2, 3, 4], showing: [9]).contains("exit 2: "))
        #expect(try line(Array(2...30), showing: nil).contains("loss 10.000; exit 15: "))
        // Only the last one was measured, or others than the trained ones.
        #expect(try line([30], showing: nil) == "\(start) 10.000")
        #expect(try line([30], showing: [4]) == "\(start) 10.000")
        #expect(try line([5, 7, 30], showing: [4]).contains("exit 5: 35.000, agreement 50.0 %; exit 7: 33.000"))
    }

    @Test func manyExitsAreCutToTheFirstAndTheLast() throws {
        let line = try line([4, 8, 12, 16, 20, 30], showing: [4, 8, 12, 16, 20])
        #expect(line.hasSuffix("; exit 4: 36.000, agreement 50.0 %; exit 20: 20.000, agreement 50.0 %"))
        #expect(!line.contains("exit 8") && line.count <= 120)
    }
}
