import Testing

@testable import LayerSkipCommand

@Suite("Numbers for people")
struct FormattingTests {
    @Test(
        arguments: [
            (0, 2, "0.00"), (1.005, 1, "1.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"), (-12.34, 1, "-12.3"), (7, 0, "7"),
            (999.96, 1, "1000.0"), (.infinity, 1, "inf"), (1e300, 1, "1e+300"),
        ] as [(Double, Int, String)]) func decimals(number: Double, count: Int, text: String)
    {
        #expect(number.formatted(decimals: count) == text)
    }

    @Test func units() {
        #expect(0.1234.percentage == "12.3 %")
        #expect(98_400_000.megabytes == "98.4 MB")
        #expect("7".padded(to: 3) == "  7")
        #expect("long".padded(to: 3) == "long")
    }

    @Test func lists() {
        #expect(CommaSeparated<Int>(argument: "4,8")?.values == [4, 8])
        for bad in ["", ",", "4,", "4 8", "x"] { #expect(CommaSeparated<Int>(argument: bad) == nil, "\(bad)") }
    }
}
