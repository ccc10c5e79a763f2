import LayerSkip

/// The texts of plain decoding in one setting. Each is generated once, from an empty cache, as far as needed.
final class PlainTexts {
    private let model: LoadedModel
    private let setting: Setting
    private var writers: [[Token]: any Writer] = [:]

    init(_ model: LoadedModel, _ setting: Setting) {
        self.model = model
        self.setting = setting
    }

    /// Returns the first `count` tokens after a prompt, and the hashes of their logits.
    func text(after prompt: [Token], count: Int) throws -> (tokens: ArraySlice<Token>, hashes: ArraySlice<UInt64>) {
        let writer = try writers[prompt] ?? open(prompt)
        while writer.tokens.count < prompt.count + count { _ = try writer.nextTokens(limit: 1) }
        return (writer.tokens.dropFirst(prompt.count).prefix(count), writer.hashes.prefix(count))
    }

    private func open(_ prompt: [Token]) throws -> any Writer {
        let writer = try setting.plainWriter(model)
        try writer.prefill(prompt, chunk: prefillChunk) { true }
        writers[prompt] = writer
        return writer
    }
}
