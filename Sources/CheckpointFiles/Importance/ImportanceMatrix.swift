/// The importance of each column of a model's matrices, measured on a text: the mean square of the column's inputs.
///
/// Quantization makes the error small that is weighted by it. llama.cpp's `llama-imatrix` writes such files, too.
public struct ImportanceMatrix: Sendable {
    /// The path of the file, or the name of the text on which it was measured.
    package let name: String
    /// The path of the file; nil if it was measured, because the name of a text need not be a path.
    package let path: String?
    /// The texts on which it was measured.
    package let datasets: [String]
    /// The number of tokens that were evaluated at a time.
    let chunkSize: Int
    /// The number of such chunks.
    package let chunkCount: Int
    private let entries: [String: Entry]

    /// The sums of one matrix.
    struct Entry: Sendable {
        /// For each column, the sum of its squared inputs.
        let sums: [Float]
        /// The number of tokens.
        let count: Int

        /// The largest mean square of a column's inputs; 0 if there was no input.
        private var largest: Float { count > 0 ? (sums.max() ?? 0) / Float(count) : 0 }

        /// Whether there was any input other than zeros.
        var hasInputs: Bool { largest > 1e-25 }

        /// The mean square of each column's inputs, which are positive: a column without inputs may still get some.
        /// Without any inputs, all columns count equally; `llama-quantize` does so for a count of 0.
        var importance: [Float] {
            guard hasInputs else { return [Float](repeating: 1, count: sums.count) }
            return sums.map { max($0 / Float(count), largest * 1e-9) }
        }
    }

    init(
        name: String, path: String?, datasets: [String], chunkSize: Int, chunkCount: Int, _ entries: [String: Entry]
    ) {
        self.name = name
        self.path = path
        self.datasets = datasets
        self.chunkSize = chunkSize
        self.chunkCount = chunkCount
        self.entries = entries
    }

    /// Takes sums that were measured on a text.
    ///
    /// - Parameters:
    ///   - sums: for each matrix, by its name in GGUF files, the sum of each column's squared inputs, and the number of
    ///     tokens.
    ///   - dataset: the name of the text.
    ///   - chunkSize: the number of tokens that were evaluated at a time.
    package init(sums: [String: (sums: [Double], count: Int)], dataset: String, chunkSize: Int = 512) {
        let tokens = sums.values.map(\.count).max() ?? 0
        self.init(
            name: dataset, path: nil, datasets: [dataset], chunkSize: chunkSize,
            chunkCount: (tokens + chunkSize - 1) / chunkSize,
            sums.mapValues { Entry(sums: $0.sums.map { Float($0) }, count: $0.count) })
    }

    /// The names in GGUF files of the matrices that it has entries for, in order.
    package var names: [String] { entries.keys.sorted() }

    /// The importance of a matrix's columns, by the matrix's name in GGUF files; nil if it has no entry.
    package subscript(_ ggufName: String) -> [Float]? { entries[ggufName]?.importance }

    /// Whether a matrix has an entry without inputs, which says nothing about its columns.
    package func lacksInputs(_ ggufName: String) -> Bool { entries[ggufName]?.hasInputs == false }

    func entry(_ name: String) -> Entry? { entries[name] }
}
