import TensorCore

/// Linear least squares with many right sides: the matrix M [width, width] for which M x is closest to y, summed over
/// pairs of rows x and y. In f64.
struct NormalEquations {
    private let width: Int
    /// Sum of x x^T.
    private var squares: [Double]
    /// Sum of y x^T.
    private var products: [Double]

    /// What is added to each square, as a share of it: as if x had a little noise. Without it, columns that are nearly
    /// combinations of others would get large coefficients of opposite signs.
    private static let ridge = 1e-4

    init(width: Int) {
        self.width = width
        squares = [Double](repeating: 0, count: width * width)
        products = squares
    }

    /// Adds the sums over some rows: of x x^T, and of y x^T.
    mutating func add(squares: Tensor, products: Tensor) {
        for (index, value) in squares.values.enumerated() { self.squares[index] += Double(value) }
        for (index, value) in products.values.enumerated() { self.products[index] += Double(value) }
    }

    /// M; nil if all x are 0, or a sum is not finite.
    func solution() -> Tensor? {
        let mean = (0..<width).reduce(0) { $0 + squares[$1 * width + $1] } / Double(width)
        guard mean > 0, mean.isFinite, let lower = factor(floor: mean * 1e-8) else { return nil }
        // The factor's transpose, so that both substitutions read rows.
        var upper = lower
        for row in 0..<width {
            for column in 0..<width { upper[column * width + row] = lower[row * width + column] }
        }
        var result: [Float] = []
        result.reserveCapacity(width * width)
        for row in 0..<width {
            var values = Array(products[row * width..<(row + 1) * width])
            for index in 0..<width {
                values[index] = (values[index] - dot(lower, index, values, 0..<index)) / lower[index * width + index]
            }
            for index in (0..<width).reversed() {
                let known = dot(upper, index, values, index + 1..<width)
                values[index] = (values[index] - known) / upper[index * width + index]
            }
            guard values.allSatisfy(\.isFinite) else { return nil }
            result += values.map { Float($0) }
        }
        return Tensor(result, rows: width, columns: width)
    }

    /// The lower factor of Cholesky's decomposition of the squares with the ridge; nil if it has none.
    private func factor(floor: Double) -> [Double]? {
        var lower = squares
        for row in 0..<width {
            lower[row * width + row] += Self.ridge * squares[row * width + row] + floor
            for column in 0...row {
                var sum = lower[row * width + column]
                for index in 0..<column { sum -= lower[row * width + index] * lower[column * width + index] }
                if column < row {
                    lower[row * width + column] = sum / lower[column * width + column]
                } else if sum > 0 {
                    lower[row * width + row] = sum.squareRoot()
                } else {
                    return nil
                }
            }
        }
        return lower
    }

    private func dot(_ matrix: [Double], _ row: Int, _ values: [Double], _ range: Range<Int>) -> Double {
        var sum = 0.0
        for index in range { sum += matrix[row * width + index] * values[index] }
        return sum
    }
}
