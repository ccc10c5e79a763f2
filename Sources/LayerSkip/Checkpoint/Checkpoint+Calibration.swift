public import CheckpointFiles
import LanguageModels
import TensorCore
import TextTokens

extension Checkpoint {
    /// Measures how much each column of the model's matrices matters on a text, for quantization.
    ///
    /// The result is that of llama.cpp's `llama-imatrix`, up to the rounding of activations: the mean squares of the
    /// columns' inputs in chunks of 512 tokens, or of the model's context if that is shorter. It does not depend on the
    /// number of threads.
    ///
    /// - Parameters:
    ///   - text: a text in UTF-8 of the kind that the model is for, of at least one chunk. Some tens of thousands of
    ///     tokens are enough.
    ///   - dataset: the name of the text, for the result and for errors.
    ///   - chunks: the most chunks to evaluate; nil for all.
    ///   - threads: the number of threads; nil for one per physical core.
    ///   - progress: called with the number of tokens that are done and that of all; returns whether to continue.
    /// - Returns: the importance; nil if `progress` returned false.
    /// - Throws: ``CheckpointError`` if the model cannot be loaded, or the tokenizer needs too many steps on the text;
    ///   ``CalibrationError`` if the text is too short, or the model computes infinite numbers.
    public func importanceMatrix(
        measuredOn text: [UInt8], named dataset: String, chunks: Int? = nil, threads: Int? = nil,
        progress: (_ done: Int, _ total: Int) -> Bool = { _, _ in true }
    ) throws -> ImportanceMatrix? {
        let tokenizer = try tokenizer()
        var goesOn = true
        let encoded = try inFile(path) { () throws(TokenizerError) in
            try tokenizer.encode(text) { _ in
                goesOn = progress(0, 1)
                return goesOn
            }
        }
        guard let encoded else { return nil }
        let calibration = try Calibration(
            on: encoded, named: dataset,
            beginning: tokenizer.addsBeginningOfText ? tokenizer.beginningOfText : nil,
            contextLength: configuration.contextLength, chunks: chunks)
        var compute = try ComputeContext(threads: threads)
        compute.inputSquares = calibration.squares
        let model: LoadedModel
        do {
            model = try LoadedModel(self.model(), on: compute) { _ in
                goesOn = progress(0, calibration.tokenCount)
                return goesOn
            }
        } catch {
            guard goesOn else { return nil }
            throw error
        }
        let isDone = try calibration.run(model) { progress($0, calibration.tokenCount) }
        return isDone ? calibration.importance(dataset: dataset) : nil
    }
}
