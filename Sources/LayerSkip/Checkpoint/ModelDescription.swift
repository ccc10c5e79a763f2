import CheckpointFiles
import LanguageModels
import TensorCore
import TextTokens

/// The files of a model folder other than its weights: configuration, tokenizer, end-of-text tokens and chat templates.
///
/// The files are encoded on creation, so that anything the format cannot express is an error before hours of training.
struct ModelDescription: Sendable {
    private let files: [(name: String, bytes: [UInt8])]

    /// Creates the description of a model with a tokenizer.
    ///
    /// - Parameter passed: settings for other programs, from the model's original folder.
    /// - Throws: ``CheckpointError`` or ``TokenizerError`` if the format cannot express it.
    init(
        _ model: StoredModel, dtype: DType, tokenizer: TokenizerDefinition,
        chatTemplates: [String: String] = [:], passing passed: PassedSettings = PassedSettings()
    ) throws {
        // Makes an inconsistent tokenizer an error here instead of a trap below.
        _ = try Tokenizer(tokenizer)
        let padding = tokenizer.padding.map { Int($0) }
        let configuration = HuggingFaceConfiguration(
            model: model.configuration, tiesHead: model.tiesHead, beginningOfText: tokenizer.beginningOfText,
            endsOfText: tokenizer.ends, padding: padding, dtype: dtype)
        let generation = GenerationConfiguration(
            beginningOfText: tokenizer.beginningOfText.map { LooseID(Int($0)) },
            endsOfText: OneOrMany(tokenizer.ends.map { Int($0) }), padding: padding.map { LooseID($0) })
        files = [
            (ModelFolder.Name.configuration, try configuration.json(file: ModelFolder.Name.configuration)),
            (ModelFolder.Name.generation, passed.generation.completed(by: generation)),
            (ModelFolder.Name.tokenizer, try tokenizer.json()),
            (
                ModelFolder.Name.tokenizerConfiguration,
                passed.tokenizer.completed(by: TokenizerConfiguration(tokenizer, chatTemplates))
            ),
        ]
    }

    /// Creates the description of a checkpoint, with its own tokenizer or one derived from it.
    ///
    /// - Throws: ``CheckpointError`` if something is missing or wrong, or the format cannot express it.
    init(_ checkpoint: Checkpoint, _ model: StoredModel, dtype: DType, tokenizer: TokenizerDefinition) throws {
        do {
            try self.init(
                model, dtype: dtype, tokenizer: tokenizer, chatTemplates: checkpoint.templates.texts,
                passing: checkpoint.passed)
        } catch let error as TokenizerError {
            throw CheckpointError(error, file: checkpoint.tokenizerPath)
        }
    }

    /// Writes the files.
    ///
    /// - Throws: if one cannot be written.
    func write(into folder: inout ReplacementFolder) throws(FileError) {
        for file in files { try TextFile.write(file.bytes, to: folder.path(for: file.name)) }
    }
}

extension TokenizerConfiguration {
    fileprivate init(_ tokenizer: TokenizerDefinition, _ chatTemplates: [String: String]) {
        // Naming a token here makes it special, so that a text with its letters is encoded otherwise. Ordinary tokens are
        // named by their ids only, in the other files.
        func token(_ id: Int32?) -> SpecialToken? {
            guard let id, tokenizer.isSpecial(id) else { return nil }
            return SpecialToken(tokenizer.tokens[Int(id)])
        }
        // The class that follows tokenizer.json exactly. The class of Llama's tokenizers would add its own rules.
        tokenizerClass = "PreTrainedTokenizerFast"
        beginningOfText = token(tokenizer.beginningOfText)
        endOfText = token(tokenizer.endOfText)
        unknown = token(tokenizer.unknown)
        padding = token(tokenizer.padding)
        addsBeginningOfText = tokenizer.addsBeginningOfText
        addsEndOfText = tokenizer.addsEndOfText
        chatTemplate = Template(chatTemplates)
        cleansUpSpaces = false
    }
}

extension TokenizerDefinition {
    /// Whether a token is not part of ordinary text. Without kinds, any token may be special.
    fileprivate func isSpecial(_ id: Int32) -> Bool {
        guard let kinds else { return true }
        let (unknown, control): (Int32, Int32) = (2, 3)
        return [unknown, control].contains(kinds[Int(id)])
    }
}
