import Testing

@testable import TokenDecoding

@Suite struct CostModelTests {
    /// By hand: an exit whose pass over one row takes half of a verifying pass is expected to take half of one over four
    /// rows, too.
    @Test func draftsOfSeveralRowsKeepTheirShare() throws {
        var costs = CostModel()
        let exit = DraftPath(layers: 2)
        for _ in 0..<3 {
            for (rows, seconds) in [(1, 1.0), (2, 1.5), (4, 2.0)] {
                costs.count(layers: 1, rows: rows, seconds: seconds)
                costs.count(headRows: rows, seconds: 0.1)
            }
            costs.count(layers: 1, rows: 1, on: exit, seconds: 0.5)
        }
        let (looking, verifying) = (2 * (0.5 * 2.0) + 0.1, 2 * 0.5 + 2 * 1.5 + 0.1)
        let round = try #require(costs.cascade(exit, layers: 4, lookedUp: 3, verified: 1))
        #expect(abs(round - looking - verifying) < 1e-12)
    }
}
