import TestSupport
import Testing

@testable import ModelTraining

@Suite("The order of an epoch")
struct EpochOrderTests {
    @Test("Every sequence comes once", arguments: Array(1...70) + [255, 256, 257, 4096, 5000])
    func permutation(count: Int) {
        for epoch in 0..<3 {
            let order = EpochOrder(count: count, seed: 7, epoch: epoch)
            #expect(Set((0..<count).map { order[$0] }) == Set(0..<count))
        }
    }

    @Test("Epochs and seeds have orders of their own, always the same")
    func reproducible() {
        func order(_ seed: UInt64, _ epoch: Int) -> [Int] {
            let order = EpochOrder(count: 100, seed: seed, epoch: epoch)
            return (0..<100).map { order[$0] }
        }
        #expect(order(1, 0) == order(1, 0))
        #expect(order(1, 0) != order(1, 1))
        #expect(order(1, 0) != order(2, 0))
        // Fixed values detect a changed implementation, with which a resumed run would read other data.
        #expect(Array(order(1, 0).prefix(8)) == [37, 71, 57, 96, 34, 45, 33, 12])
    }

    @Test(
        "Each sequence is as likely as any other at each place, and so is each pair of neighbours", arguments: [3, 5])
    func uniform(count: Int) {
        let epochs = 6000
        var places = [Int](repeating: 0, count: count * count)
        var neighbours = [Int](repeating: 0, count: count * count)
        for epoch in 0..<epochs {
            let order = EpochOrder(count: count, seed: 3, epoch: epoch)
            for index in 0..<count { places[index * count + order[index]] += 1 }
            neighbours[order[0] * count + order[1]] += 1
        }
        // A share's standard deviation is at most sqrt(p / epochs). Five of them are exceeded by chance once in a
        // million times.
        func isFair(_ found: Int, _ probability: Double) -> Bool {
            let expected = probability * Double(epochs)
            return (Double(found) - expected).magnitude < 5 * expected.squareRoot()
        }
        #expect(places.allSatisfy { isFair($0, 1 / Double(count)) })
        for first in 0..<count {
            for second in 0..<count where first != second {
                #expect(isFair(neighbours[first * count + second], 1 / Double(count * (count - 1))))
            }
        }
    }
}
