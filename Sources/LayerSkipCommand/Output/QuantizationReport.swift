import LayerSkip

/// The errors of an export's quantized tensors, for people.
struct QuantizationReport {
    private let tensors: [QuantizedTensor]

    init(_ tensors: [QuantizedTensor]) { self.tensors = tensors }

    /// One line with the mean and the largest errors; none if no tensor was quantized.
    var summary: [String] {
        guard !tensors.isEmpty else { return [] }
        let mean = tensors.reduce(0) { $0 + $1.error } / Double(tensors.count)
        let worst = tensors.sorted { $0.error > $1.error }.prefix(3).map {
            "\($0.name.quoted) \($0.error.percentage) (\($0.to.rawValue))"
        }
        return [
            "relative error of \(tensors.count.counted("quantized tensor")): \(mean.percentage) on average; "
                + "the largest: \(worst.joined(separator: ", "))"
        ]
    }

    /// A line for each tensor: format, error and name.
    var rows: [String] {
        let width = tensors.map(\.to.rawValue.count).max() ?? 0
        return tensors.map {
            let error = "\(($0.error * 100).formatted(decimals: 3)) %"
            return "  \($0.to.rawValue.padded(to: width))  \(error.padded(to: 9))  \($0.name.quoted)"
        }
    }
}
