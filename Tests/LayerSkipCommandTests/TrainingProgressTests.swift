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

    @Test func aValidationShowsTheExitThatIsTrainedOrTheOneHalfWay() throws {
        func line(exits: Int, showing exitLayer: Int?) throws -> String {
            let rows = (1...exits).map {
                "{\"exit\": \($0), \"loss\": \(10 - $0), \"accuracy\": 0.1, \"agreement\": 0.5}"
            }
            let json = "{\"step\": 7, \"scored_tokens\": 3, \"exits\": [\(rows.joined(separator: ", "))]}"
            let metrics = try JSONDecoder().decode(ValidationMetrics.self, from: Data(json.utf8))
            return metrics.summary(exitLayer: exitLayer)
        }
        #expect(
            try line(exits: 4, showing: 3)
                == "validation after step 7: loss 6.000; exit 3: 7.000, agreement 50.0 %")
        for (exits, half) in [(1, 1), (2, 1), (4, 2), (5, 2), (16, 8)] {
            #expect(try line(exits: exits, showing: nil).contains("exit \(half): "), "\(exits)")
        }
        #expect(try line(exits: 4, showing: 9).contains("exit 2: "))
    }
}
