import TestSupport
import Testing

@testable import TextTokens

/// The characters of `\p{...}` and other sets, compared with Oniguruma over all of Unicode;
/// `Tests/GoldenMakers/unicode_sets.py`.
struct UnicodeSetTests {
    private static let surrogates = ScalarSet([0xD800...0xDFFF])

    @Test func setsAreThoseOfOniguruma() throws {
        let golden: [String: [UInt32]] = try Goldens.json("unicode-sets.json")
        #expect(golden.count > 120)
        for (pattern, expected) in golden {
            guard case .set(let set) = try PatternParser.parse(pattern) else {
                Issue.record("\(pattern) is not a set")
                continue
            }
            let ranges = set.intersection(Self.surrogates.inverted).ranges
            let count = ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound + 1 }
            let checksum = ranges.reduce(UInt32(0)) { $0 &* 31 &+ $1.lowerBound &* 7 &+ $1.upperBound }
            #expect([count, UInt32(ranges.count), checksum] == expected, "\(pattern)")
        }
    }

    @Test func setsCombine() {
        let one = ScalarSet([10...20, 15...30, 50...60, 31...31])
        #expect(one.ranges == [10...31, 50...60])
        #expect(one.inverted.ranges == [0...9, 32...49, 61...0x10_FFFF] && one.inverted.inverted == one)
        #expect(one.intersection(ScalarSet([0...10, 25...55])).ranges == [10...10, 25...31, 50...55])
        #expect(one.isDisjoint(with: ScalarSet([32...49])) && !one.isDisjoint(with: ScalarSet(60)))
        #expect(one.contains(31) && !one.contains(32) && one.contains(50) && !one.contains(61))
        #expect(ScalarSet().inverted == .all && ScalarSet.all.inverted.isEmpty)
    }
}
