import Testing

@testable import ModelTraining

struct BackwardProgressTests {
    /// Buckets of layers 3, 3 and 2, 1, 0 and others, others.
    @Test func bucketsAreCompleteWhenALowerLayerIsReached() {
        let layers = [nil, 3, 2, 1, 0]
        let buckets = [[1], [1, 2], [3], [4, 0], [0]].map {
            GradientShards.Bucket(pieces: [], parameters: $0)
        }
        var complete: [[Int]] = []
        let progress = BackwardProgress(buckets, layers: layers) { complete.append($0.parameters) }
        progress.reach(3)
        #expect(complete == [])
        progress.reach(3)
        progress.reach(2)
        #expect(complete == [[1]])
        // The batch has left out layer 1.
        progress.reach(0)
        #expect(complete == [[1], [1, 2], [3]])
        progress.end()
        #expect(complete == [[1], [1, 2], [3], [4, 0], [0]])
    }
}
