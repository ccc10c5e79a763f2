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
}
