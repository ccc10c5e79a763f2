package import TensorCore

/// Numerical gradients of functions of tensors, by central differences.
package struct FiniteDifferences {
    /// The distance by which values are moved.
    private let step: Float

    package init(step: Float = 0.05) { self.step = step }

    /// The gradients of sum(weights * function(inputs)) with respect to each input.
    ///
    /// It uses four points per value, so the error is of fourth order and the step can be large. Differences of f32
    /// results are then accurate to about four digits.
    package func gradients(of function: ([Tensor]) -> Tensor, at inputs: [Tensor], weights: [Float]) -> [[Double]] {
        inputs.indices.map { index in
            (0..<inputs[index].rows * inputs[index].columns).map { element in
                func value(_ offset: Float) -> Double {
                    var moved = inputs
                    var values = inputs[index].values
                    values[element] += offset
                    moved[index] = Tensor(values, rows: inputs[index].rows, columns: inputs[index].columns)
                    return zip(function(moved).values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                }
                let near = value(step) - value(-step)
                let far = value(2 * step) - value(-2 * step)
                return (8 * near - far) / (12 * Double(step))
            }
        }
    }
}

/// The relative norm of the difference: ||ours - theirs|| / ||theirs||
package func relativeError(_ ours: some Collection<Float>, _ theirs: some Collection<Double>) -> Double {
    precondition(ours.count == theirs.count)
    func norm(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return norm(zip(ours, theirs).map { Double($0) - $1 }) / norm(theirs)
}

/// The relative norm of the difference: ||ours - theirs|| / ||theirs||
package func relativeError(_ ours: some Collection<Float>, _ theirs: some Collection<Float>) -> Double {
    relativeError(ours, theirs.map { Double($0) })
}
