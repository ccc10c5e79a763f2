package import CheckpointFiles
package import TensorCore

/// A measurement of how much each column of a model's matrices matters: the squares of its inputs on a text.
///
/// It is that of llama.cpp's `llama-imatrix`: the text's tokens are divided into chunks of ``chunk`` tokens, each a text
/// of its own, and tokens after the last whole chunk are not used. The head and the embedding are not measured.
package struct Calibration {
    /// Tokens per chunk, unless the model's context is shorter.
    package static let chunk = 512
    /// The sums so far. The model must have been loaded with a context that has them.
    package let squares: InputSquares
    private let tokens: [Token]
    private let chunk: Int
    /// The number of chunks to evaluate.
    private let chunkCount: Int

    /// Plans a measurement.
    ///
    /// - Parameters:
    ///   - text: the tokens of the text.
    ///   - name: the name of the text, for errors.
    ///   - beginning: a token that takes the place of each chunk's first one; nil for none.
    ///   - contextLength: the model's context.
    ///   - chunks: the most chunks to evaluate; nil for all.
    /// - Throws: ``CalibrationError`` if the text has no whole chunk.
    package init(
        on text: [Token], named name: String, beginning: Token?, contextLength: Int, chunks: Int? = nil
    ) throws(CalibrationError) {
        squares = InputSquares()
        chunk = min(Self.chunk, contextLength)
        guard text.count >= chunk else { throw .textTooShort(text: name, found: text.count, chunk: chunk) }
        chunkCount = min(chunks ?? .max, text.count / chunk)
        var tokens = Array(text[..<(chunkCount * chunk)])
        if let beginning {
            for start in stride(from: 0, to: tokens.count, by: chunk) { tokens[start] = beginning }
        }
        self.tokens = tokens
    }

    /// The number of tokens to evaluate.
    package var tokenCount: Int { tokens.count }

    /// Runs the text through all layers and the exit block of a model, whose context has this measurement's
    /// ``squares``.
    ///
    /// - Parameter progress: called with the number of tokens that are done; returns whether to continue.
    /// - Returns: false if `progress` returned false.
    /// - Throws: ``CalibrationError`` if a matrix had inputs that are not finite.
    package func run(
        _ model: some LanguageModel, progress: (Int) -> Bool = { _ in true }
    ) throws(CalibrationError) -> Bool {
        precondition(model.compute.inputSquares === squares, "a model that was loaded for this measurement")
        for start in stride(from: 0, to: tokens.count, by: chunk) {
            var cache = KVCache(for: model, context: chunk)
            for first in stride(from: 0, to: chunk, by: prefillChunk) {
                guard progress(start + first) else { return false }
                let rows = start + first..<start + min(first + prefillChunk, chunk)
                let exit = model.exitBlock ?? model.layerCount
                let hidden = model.runToExit(0..<exit, model.embed(Array(tokens[rows])), &cache).hidden
                _ = model.run(exit..<model.layerCount, hidden, &cache)
            }
        }
        for (name, sums) in squares.all.sorted(by: { $0.key < $1.key }) where !sums.sums.allSatisfy(\.isFinite) {
            throw .notFinite(tensor: name)
        }
        return progress(tokens.count)
    }

    /// The result, after ``run(_:progress:)``.
    ///
    /// - Parameter dataset: the name of the text.
    package func importance(dataset: String) -> ImportanceMatrix {
        ImportanceMatrix(sums: squares.all.mapValues { ($0.sums, $0.count) }, dataset: dataset, chunkSize: chunk)
    }
}

/// The reason why a text cannot calibrate a model.
public enum CalibrationError: Error, Equatable, CustomStringConvertible {
    /// A text of less than one chunk, with its name and the numbers of tokens.
    case textTooShort(text: String, found: Int, chunk: Int)
    /// A matrix whose inputs were infinite or NaN.
    case notFinite(tensor: String)

    public var description: String {
        switch self {
        case .textTooShort(let text, let found, let chunk):
            FileError(
                file: text, expected: "a text of at least \(chunk) tokens, one chunk of the calibration",
                found: "\(found); use a longer text"
            ).description
        case .notFinite(let tensor):
            "calibration: expected finite inputs of the tensor \"\(tensor)\", found NaN or infinity; the model's "
                + "weights may be damaged"
        }
    }
}
