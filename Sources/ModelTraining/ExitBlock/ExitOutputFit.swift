import CheckpointFiles
import LanguageModels
import TensorCore

/// The matrix behind a new exit block with which its rows come closest to those of the last layer, by least squares
/// over some of the training data.
///
/// Early layers keep what they know in another basis than the last one, so that the head makes little of it, and a block
/// that only adds to its input learns the change of basis slowly. A linear map can be computed instead (the start of the
/// translators of Belrose et al., arXiv 2303.08112).
struct ExitOutputFit {
    private let model: LoadedModel
    private let exit: Int
    private let width: Int
    /// Products in f32, whatever the precision of training: sums over many rows must be exact enough to be solved.
    private let exact: ComputeContext
    private var system: NormalEquations

    /// The number of tokens for each row of the matrix.
    private static let tokensPerRow = 32

    /// - Parameters:
    ///   - model: a model with a block at an exit, and the identity behind it.
    ///   - width: the model's.
    init(_ model: LoadedModel, width: Int) {
        guard let exit = model.exitBlock else { preconditionFailure("a model with an exit block") }
        self.model = model.detached()
        self.exit = exit
        self.width = width
        let compute = model.compute
        exact = ComputeContext(kernels: compute.kernels, pool: compute.pool, recycledBytes: 0)
        system = NormalEquations(width: width)
    }

    /// The number of sequences that a matrix is fitted to.
    static func sequenceCount(of data: any BatchSource, width: Int) -> Int {
        min(tokensPerRow * width / data.length + 1, data.sequencesPerEpoch)
    }

    /// Returns the matrix [width, width] that fits the first sequences of the data; nil if there is none.
    ///
    /// - Parameter sequencesAtOnce: the number of sequences in memory.
    /// - Throws: ``FileError`` if the data is damaged.
    mutating func matrix(for data: any BatchSource, sequencesAtOnce: Int) throws(FileError) -> Tensor? {
        let count = Self.sequenceCount(of: data, width: width)
        for first in stride(from: 0, to: count, by: sequencesAtOnce) {
            let batch = try data.batch(at: DataPlace(index: first), sequences: min(sequencesAtOnce, count - first))
            add(batch)
        }
        return system.solution()
    }

    private mutating func add(_ batch: TrainingBatch) {
        let rows = batch.scoredRows
        guard !rows.isEmpty else { return }
        var memory = CausalBatch(
            for: model, length: batch.length, segments: batch.segments(of: Array(0..<batch.sequences)))
        var (x, output) = (model.embed(batch.tokens), model.embed(batch.tokens))
        for layer in 0..<model.layerCount {
            x = model.block(layer, x, &memory)
            if layer + 1 == exit { output = model.block(model.layerCount, x, &memory) }
        }
        let inputs = Self.columns(of: model.compute.gather(output, rows: rows), areUnit: false)
        // The head reads rows after a norm, so only their direction counts.
        let targets = Self.columns(of: model.compute.gather(x, rows: rows), areUnit: true)
        system.add(
            squares: exact.linear(inputs, .unpacked(inputs)), products: exact.linear(targets, .unpacked(inputs)))
    }

    /// The columns of a tensor as rows, of rows with a mean square of 1 if `areUnit`.
    private static func columns(of tensor: Tensor, areUnit: Bool) -> Tensor {
        let (values, rows, columns) = (tensor.values, tensor.rows, tensor.columns)
        var result = [Float](repeating: 0, count: values.count)
        for row in 0..<rows {
            let slice = values[row * columns..<(row + 1) * columns]
            var scale: Float = 1
            if areUnit {
                let square = slice.reduce(0) { $0 + $1 * $1 } / Float(columns)
                scale = 1 / max(square, .leastNormalMagnitude).squareRoot()
            }
            for (column, value) in slice.enumerated() { result[column * rows + row] = value * scale }
        }
        return Tensor(result, rows: columns, columns: rows)
    }
}
