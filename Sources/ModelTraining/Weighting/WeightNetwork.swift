import CLibc
import TensorCore

/// A network that gives each token a positive weight in the loss of each early exit. Its inputs are the token's losses in
/// predicting the text at the early exits and the last layer, which are constants to the model's gradient.
///
/// It has one hidden layer, and is trained by Adam (L2W-DEN, arXiv 2209.08310, with an input for every exit).
package struct WeightNetwork: Sendable, Equatable, Codable {
    /// The number of early exits.
    let exits: Int
    /// Rows of the hidden layer with their biases, then rows of the outputs with theirs.
    private(set) var values: [Double]
    /// Adam's running means of the gradient and its square.
    private var first: [Double]
    private var second: [Double]
    var updates = 0

    private static let hidden = 16
    private static let rate = 0.01
    private static let betas = (0.9, 0.999)
    private var inputs: Int { exits + 1 }
    private static func count(exits: Int) -> Int { hidden * (exits + 2) + exits * (hidden + 1) }

    /// Creates a network that gives all tokens the same weight.
    init(exits: Int, seed: UInt64) {
        self.exits = exits
        let count = Self.count(exits: exits)
        values = Array(repeating: 0, count: count)
        (first, second) = (values, values)
        let random = CounterRandom(seed: seed, Self.label)
        for index in 0..<Self.hidden * (exits + 2) {
            values[index] = (2 * random.uniform(UInt64(index)) - 1) / Double(exits + 1).squareRoot()
        }
    }

    /// Distinguishes these random numbers from others with the same seed.
    private static let label: UInt64 = 0x7765_6967

    /// Whether the network, which may come from a file, fits a number of early exits and of steps, and its numbers are
    /// valid.
    func isValid(exits: Int, steps: Int) -> Bool {
        let count = Self.count(exits: exits)
        return self.exits == exits && (0...steps).contains(updates)
            && [values, first, second].allSatisfy { $0.count == count }
            && (values + first + second).allSatisfy(\.isFinite) && second.allSatisfy { $0 >= 0 }
    }

    /// What the network computes for a token.
    private struct Outputs {
        var hidden: [Double]
        /// Before the function that makes them positive.
        var sums: [Double]
        /// ln(1 + e^sum).
        var weights: [Double] { sums.map { max($0, 0) + log1p(exp(-abs($0))) } }
    }

    private func outputs(_ losses: [Double]) -> Outputs {
        var hidden: [Double] = []
        for unit in 0..<Self.hidden {
            let row = values[unit * (inputs + 1)..<(unit + 1) * (inputs + 1)]
            hidden.append(tanh(zip(row, losses + [1]).reduce(0) { $0 + $1.0 * $1.1 }))
        }
        let start = Self.hidden * (inputs + 1)
        let sums = (0..<exits).map { exit in
            let row = values[start + exit * (Self.hidden + 1)..<start + (exit + 1) * (Self.hidden + 1)]
            return zip(row, hidden + [1]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return Outputs(hidden: hidden, sums: sums)
    }

    /// The weights of all rows for each early exit. Their mean over the exits and rows of a sequence is 1.
    ///
    /// - Parameters:
    ///   - losses: those of all rows for each early exit and then the last layer.
    ///   - sequences: the sequence of each row, ascending.
    func weights(losses: [[Double]], sequences: [Int]) -> [[Double]] {
        let rows = sequences.indices.map { row in outputs(losses.map { $0[row] }).weights }
        var weights = (0..<exits).map { exit in rows.map { $0[exit] } }
        ExitWeighting.normalize(&weights, sequences)
        return weights
    }

    /// The gradient of a quantity with respect to the network's values.
    ///
    /// - Parameter gradients: those of the quantity with respect to each weight.
    func gradient(_ gradients: [[Double]], losses: [[Double]], sequences: [Int]) -> [Double] {
        var result = Array(repeating: 0.0, count: values.count)
        let start = Self.hidden * (inputs + 1)
        for rows in ExitWeighting.ranges(of: sequences) {
            let outputs = rows.map { row in self.outputs(losses.map { $0[row] }) }
            let weights = outputs.map(\.weights)
            let sum = weights.reduce(0) { $0 + $1.reduce(0, +) }
            // The weight is count * w / sum, so that each w also lowers all others.
            let count = Double(exits * rows.count)
            let mean = rows.enumerated().reduce(0) { mean, row in
                (0..<exits).reduce(mean) { $0 + gradients[$1][row.element] * weights[row.offset][$1] / sum }
            }
            for (place, row) in rows.enumerated() {
                var hiddenGradient = Array(repeating: 0.0, count: Self.hidden)
                for exit in 0..<exits {
                    let slope = 1 / (1 + exp(-outputs[place].sums[exit]))
                    let gradient = count / sum * (gradients[exit][row] - mean) * slope
                    let first = start + exit * (Self.hidden + 1)
                    for unit in 0..<Self.hidden {
                        result[first + unit] += gradient * outputs[place].hidden[unit]
                        hiddenGradient[unit] += gradient * values[first + unit]
                    }
                    result[first + Self.hidden] += gradient
                }
                for unit in 0..<Self.hidden {
                    let output = outputs[place].hidden[unit]
                    let gradient = hiddenGradient[unit] * (1 - output * output)
                    for input in 0..<inputs { result[unit * (inputs + 1) + input] += gradient * losses[input][row] }
                    result[unit * (inputs + 1) + inputs] += gradient
                }
            }
        }
        return result
    }

    /// The network with one value changed.
    func moved(_ index: Int, by difference: Double) -> WeightNetwork {
        var network = self
        network.values[index] += difference
        return network
    }

    /// Makes a step of Adam against a gradient, unless it is not finite.
    mutating func step(_ gradient: [Double]) {
        guard gradient.allSatisfy(\.isFinite) else { return }
        updates += 1
        let (beta1, beta2) = Self.betas
        let (scale1, scale2) = (1 - pow(beta1, Double(updates)), 1 - pow(beta2, Double(updates)))
        for (index, slope) in gradient.enumerated() {
            first[index] = beta1 * first[index] + (1 - beta1) * slope
            second[index] = beta2 * second[index] + (1 - beta2) * slope * slope
            values[index] -= Self.rate * (first[index] / scale1) / ((second[index] / scale2).squareRoot() + 1e-12)
        }
    }
}
