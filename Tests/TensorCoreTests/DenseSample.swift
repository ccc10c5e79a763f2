import TensorCore

/// The transpositions in which training multiplies.
enum DenseForm: CaseIterable {
    /// x W^T
    case forward
    /// dy W
    case inputGradient
    /// dy^T x
    case weightGradient

    var transposesA: Bool { self == .weightGradient }
    var transposesB: Bool { self == .forward }
}

/// The shape of a dense product: [m, k] by [k, n].
struct DenseShape {
    var m = 13
    var n = 35
    var k = 19

    /// Shapes with no rows, columns or depth; all sizes up to two of the largest tiles; depths around and beyond a
    /// block; more rows and columns than an item has.
    static let all: [DenseShape] = {
        var shapes = [DenseShape(m: 0, n: 0, k: 0), DenseShape(m: 1, n: 1, k: 1)]
        for size in 0...66 { shapes += [DenseShape(m: size), DenseShape(n: size), DenseShape(k: size)] }
        for depth in [511, 512, 513, 1024, 1025, 1600] { shapes.append(DenseShape(m: 3, n: 5, k: depth)) }
        return shapes + [DenseShape(m: 230, n: 3), DenseShape(m: 1, n: 700), DenseShape(m: 200, n: 130)]
    }()
}

/// The operands and the summand of a product, with the same numbers in every form.
struct DenseSample {
    let shape: DenseShape
    let form: DenseForm
    private(set) var a: Tensor
    private(set) var b: Tensor
    /// The summand.
    let c: Tensor
    /// op(a), row after row, and op(b), column after column.
    private var rows: [Float]
    private var columns: [Float]

    init(_ shape: DenseShape, _ form: DenseForm) {
        self.shape = shape
        self.form = form
        rows = randomValues(shape.m * shape.k, seed: 1)
        columns = randomValues(shape.n * shape.k, seed: 2)
        c = randomTensor(rows: shape.m, columns: shape.n, seed: 3)
        (a, b) = (c, c)
        lay()
    }

    /// Sets one element of op(a).
    mutating func setA(row: Int, depth: Int, _ value: Float) {
        rows[row * shape.k + depth] = value
        lay()
    }

    /// Sets one element of op(b).
    mutating func setB(column: Int, depth: Int, _ value: Float) {
        columns[column * shape.k + depth] = value
        lay()
    }

    private mutating func lay() {
        a = Self.laid(rows, count: shape.m, depth: shape.k, alongDepth: !form.transposesA)
        b = Self.laid(columns, count: shape.n, depth: shape.k, alongDepth: form.transposesB)
    }

    private static func laid(_ values: [Float], count: Int, depth: Int, alongDepth: Bool) -> Tensor {
        if alongDepth { return Tensor(values, rows: count, columns: depth) }
        let transposed = (0..<depth).flatMap { p in (0..<count).map { values[$0 * depth + p] } }
        return Tensor(transposed, rows: depth, columns: count)
    }

    func multiply(
        on context: ComputeContext, into c: Tensor, adding: Bool, precision: ProductPrecision = .f32
    ) {
        context.denseProduct(
            a, transposed: form.transposesA, b, transposed: form.transposesB, into: c, plus: adding ? c : nil,
            precision: precision)
    }

    /// The product in new memory, with or without the summand `c`.
    func multiply(on context: ComputeContext, adding: Bool, precision: ProductPrecision = .f32) -> Tensor {
        let nothing = [Float](repeating: .nan, count: shape.m * shape.n)
        let result = Tensor(nothing, rows: shape.m, columns: shape.n)
        context.denseProduct(
            a, transposed: form.transposesA, b, transposed: form.transposesB, into: result, plus: adding ? c : nil,
            precision: precision)
        return result
    }

    /// The largest distance from the f64 sums, as a multiple of the rounding error of f32.
    func largestError(of result: [Float], adding: Bool, roundsOperands: Bool = false) -> Double {
        let round = { (values: [Float]) in values.map { Double(roundsOperands ? Naive.bfloat16($0) : $0) } }
        let (rows, columns, start) = (round(rows), round(columns), c.values)
        var largest = 0.0
        for i in 0..<shape.m {
            for j in 0..<shape.n {
                var exact = adding ? Double(start[i * shape.n + j]) : 0
                var bound = 1e-6 + exact.magnitude * 1e-6
                for p in 0..<shape.k {
                    let product = rows[i * shape.k + p] * columns[j * shape.k + p]
                    exact += product
                    bound += product.magnitude * 1e-6
                }
                let error = (Double(result[i * shape.n + j]) - exact).magnitude / bound
                largest = error <= largest ? largest : error
            }
        }
        return largest
    }
}
