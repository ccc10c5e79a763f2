import CheckpointFiles
package import LanguageModels
import TensorCore

extension TrainingStart {
    /// Returns the teacher's model, in which nothing is recorded; nil if there is none.
    ///
    /// - Throws: ``CheckpointError`` if its weights cannot be read, ``MemoryError`` if there is no memory for them.
    func teacherModel(on compute: ComputeContext) throws -> LoadedModel? {
        guard let teacher else { return nil }
        try MemoryBudget.check(teacher.frozenByteCount(), for: "the teacher's weights")
        let model = try LoadedModel(trainable: teacher, freezing: nil, on: compute)
        try teacher.source.checkUnchanged()
        return model
    }

    /// Checks that the model in training can imitate a teacher.
    ///
    /// - Parameters:
    ///   - name: the teacher's path or name.
    ///   - fingerprint: that of its tokenizer.
    ///   - length: the number of tokens per sequence.
    /// - Throws: ``RecipeError`` if its tokenizer, vocabulary or context does not fit; ``CheckpointError`` if its
    ///   architecture does not.
    package func check(
        teacher: StoredModel, name: String, tokenizerFingerprint fingerprint: UInt64, length: Int
    ) throws {
        func error(_ expected: String, _ found: String) -> RecipeError {
            RecipeError(key: "exits.teacher", expected: expected, found: "\(found) in \(name)")
        }
        try teacher.checkTrainable()
        guard fingerprint == tokenizerFingerprint else {
            throw error("a model with the tokenizer of the model in training", "another tokenizer")
        }
        let (found, expected) = (teacher.configuration, configuration)
        guard found.vocabularySize == expected.vocabularySize else {
            throw error(
                "a model with a vocabulary of \(expected.vocabularySize) tokens, as the model in training has",
                "\(found.vocabularySize)")
        }
        guard found.contextLength >= length else {
            throw error("a model with a context of at least batch.length, \(length)", "\(found.contextLength)")
        }
    }
}

extension StoredModel {
    /// The hashes of the files with the weights, and what else these depend on.
    var contentHash: String {
        let hashes = source.mappings.map(\.contentHash).joined(separator: "+")
        return source.settings.isEmpty ? hashes : "\(hashes) (\(source.settings))"
    }

    /// The size of the weights if the whole model is frozen: 16-bit matrices keep their format, all else is f32.
    fileprivate func frozenByteCount() throws(CheckpointError) -> Int {
        var byteCount = 0
        for tensor in tensors {
            let isHalf = try HalfMatrix.formats.contains(source.tensor(named: tensor.name, shape: tensor.shape).dtype)
            byteCount += tensor.count * (isHalf && tensor.shape.count > 1 ? 2 : MemoryLayout<Float>.stride)
        }
        return byteCount
    }
}
