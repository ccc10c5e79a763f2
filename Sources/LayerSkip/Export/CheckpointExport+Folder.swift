import CheckpointFiles
import LanguageModels
import TensorCore
import TextTokens

extension CheckpointExport {
    func writeFolder(to path: String, progress: (Int) throws(CheckpointError) -> Void) throws {
        let tokenizer = try TokenizerDefinition(checkpoint)
        var folder = try ReplacementFolder(path)
        // The small files first: what they cannot say should be known before the weights are written.
        let ends = [tokenizer.endOfText, tokenizer.endOfTurn, tokenizer.endOfMessage].compactMap(\.self)
        let configuration = HuggingFaceConfiguration(
            llama: model.configuration, tiesHead: model.tiesHead, beginningOfText: tokenizer.beginningOfText,
            endsOfText: ends, dtype: plan.mainFormat)
        try configuration.write(to: folder.path(for: ModelFolder.Name.configuration))
        let generation = GenerationConfiguration(
            beginningOfText: tokenizer.beginningOfText.map { Int($0) }, endsOfText: OneOrMany(ends.map { Int($0) }))
        try JSONText.write(generation, to: folder.path(for: ModelFolder.Name.generation))
        try tokenizer.write(to: folder.path(for: ModelFolder.Name.tokenizer))
        try JSONText.write(
            TokenizerConfiguration(tokenizer, chatTemplate: checkpoint.chatTemplate()),
            to: folder.path(for: ModelFolder.Name.tokenizerConfiguration))

        var writer = SafetensorsWriter()
        for entry in plan.entries {
            writer.add(entry.name, entry.conversion.dtype, shape: entry.shape) { (output) throws(CheckpointError) in
                try entry.write(to: output)
            }
        }
        try writer.write(to: folder.path(for: ModelFolder.Name.weights), progress: progress)
        try folder.commit()
    }
}

extension TokenizerConfiguration {
    fileprivate init(_ tokenizer: TokenizerDefinition, chatTemplate: String?) {
        func token(_ id: Int32?) -> SpecialToken? { id.map { SpecialToken(tokenizer.tokens[Int($0)]) } }
        // What reads tokenizer.json as it stands; the class of Llama's own tokenizers would add rules of its own.
        tokenizerClass = "PreTrainedTokenizerFast"
        beginningOfText = token(tokenizer.beginningOfText)
        endOfText = token(tokenizer.endOfText)
        unknown = token(tokenizer.unknown)
        addsBeginningOfText = tokenizer.addsBeginningOfText
        addsEndOfText = tokenizer.addsEndOfText
        self.chatTemplate = chatTemplate.map { Template($0) }
        cleansUpSpaces = false
    }
}
