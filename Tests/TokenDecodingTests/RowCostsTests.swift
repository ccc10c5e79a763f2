import Testing

@testable import TokenDecoding

/// Costs of passes that were not measured lie between those that were, and all follow the machine's speed.
@Suite struct RowCostsTests {
    @Test func nothingMeasured() {
        var costs = RowCosts()
        #expect(costs.seconds(rows: 1) == nil)
        costs.count(rows: 0, seconds: 1)
        costs.count(rows: 4, seconds: 0)
        costs.countLong(rows: 256, seconds: 1)
        #expect(costs.seconds(rows: 3) == nil)
    }

    @Test func betweenMeasurements() throws {
        var costs = RowCosts()
        costs.count(rows: 2, seconds: 10)
        costs.count(rows: 6, seconds: 18)
        #expect(costs.seconds(rows: 2) == 10)
        #expect(costs.seconds(rows: 3) == 12)
        #expect(costs.seconds(rows: 6) == 18)
        // Beyond, a row adds a tenth of one of the measured pass.
        #expect(try abs(#require(costs.seconds(rows: 16)) - 21) < 1e-9)
        #expect(try abs(#require(costs.seconds(rows: 1)) - 9.5) < 1e-9)
    }

    @Test func promptsSayWhatARowAdds() {
        var costs = RowCosts()
        costs.count(rows: 1, seconds: 8)
        costs.countLong(rows: 256, seconds: 512)
        #expect(costs.seconds(rows: 11) == 28)
        // A slow prompt says no more than that rows cost as much as one.
        var slow = RowCosts()
        slow.count(rows: 1, seconds: 8)
        slow.count(rows: 256, seconds: 25_600)
        #expect(slow.seconds(rows: 3) == 24)
    }

    @Test func theFirstMeasurementsMayBeSlow() {
        var costs = RowCosts()
        for seconds in [30.0, 10, 12] { costs.count(rows: 1, seconds: seconds) }
        #expect(costs.seconds(rows: 1) == 10)
    }

    /// One interrupted pass must not keep all later ones with as many rows from running, and from correcting it.
    @Test func aNewNumberOfRowsIsTriedAgain() throws {
        func close(_ a: Double?, _ b: Double) throws -> Bool { try abs(#require(a) - b) < 1e-9 }
        var costs = RowCosts()
        for _ in 0..<3 { costs.count(rows: 1, seconds: 10) }
        costs.count(rows: 3, seconds: 500)
        for (rows, seconds) in [(2, 11.0), (3, 12), (5, 14)] {
            #expect(try close(costs.seconds(rows: rows), seconds))
        }
        costs.count(rows: 3, seconds: 13)
        costs.count(rows: 3, seconds: 14)
        #expect(try close(costs.seconds(rows: 3), 13))
        #expect(try close(costs.seconds(rows: 2), 11.5))
        // What is faster than expected counts at once.
        costs.count(rows: 6, seconds: 13.5)
        #expect(try close(costs.seconds(rows: 6), 13.5))
    }

    /// If a machine becomes slower, passes that are not measured are expected to be slower, too. One interrupted pass
    /// changes little.
    @Test func aSlowerMachine() throws {
        var costs = RowCosts()
        for rows in [1, 8] { for _ in 0..<5 { costs.count(rows: rows, seconds: Double(rows) + 3) } }
        costs.count(rows: 1, seconds: 4000)
        #expect(try #require(costs.seconds(rows: 1)) < 4.9)
        #expect(try #require(costs.seconds(rows: 8)) < 12.2)
        for _ in 0..<200 { costs.count(rows: 1, seconds: 12) }
        #expect(try abs(#require(costs.seconds(rows: 1)) - 12) < 0.1)
        let other = try #require(costs.seconds(rows: 8))
        #expect(other > 17 && other < 22)
    }
}
