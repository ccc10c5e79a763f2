import CLibc

/// Operations in f64.
enum Exact {
    static func silu(_ x: Float) -> Double { Double(x) / (1 + exp(-Double(x))) }

    static func gelu(_ x: Float) -> Double {
        let x = Double(x)
        return x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))) / 2
    }

    static func softmax(_ x: [Float]) -> [Double] {
        let largest = Double(x.max() ?? 0)
        let weights = x.map { exp(Double($0) - largest) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    static func turned(_ a: Double, _ b: Double, by angle: Double) -> (Double, Double) {
        (a * cos(angle) - b * sin(angle), b * cos(angle) + a * sin(angle))
    }

    /// One head's attention over all of `keys` and `values`.
    static func attention(_ query: [Float], _ keys: [[Float]], _ values: [[Float]]) -> [Double] {
        let scores = keys.map { key in
            var sum = 0.0
            for d in query.indices { sum += Double(query[d]) * Double(key[d]) }
            return Float(sum / Double(query.count).squareRoot())
        }
        var result = [Double](repeating: 0, count: query.count)
        for (weight, value) in zip(softmax(scores), values) {
            for d in result.indices { result[d] += weight * Double(value[d]) }
        }
        return result
    }
}
