import LayerSkip

/// The median, minimum and maximum of a ratio over rounds.
struct Spread: Encodable {
    let median: Nullable<Double>
    let min: Nullable<Double>
    let max: Nullable<Double>

    init(_ values: [Double]) {
        median = Nullable(values.median)
        min = Nullable(values.min())
        max = Nullable(values.max())
    }

    var text: String {
        func number(_ value: Nullable<Double>) -> String { value.value?.formatted(decimals: 2) ?? "-" }
        return "\(number(median)) (\(number(min))...\(number(max)))"
    }
}
