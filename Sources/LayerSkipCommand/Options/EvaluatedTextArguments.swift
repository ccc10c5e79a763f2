import ArgumentParser
import LayerSkip

/// Options for a text that a model is evaluated on.
struct EvaluatedTextArguments: ParsableArguments {
    @Option(
        name: .customLong("text"), help: "Plain text file in UTF-8; not JSON Lines (- for standard input).",
        transform: expandedPath)
    var path: String?

    @Option(parsing: .unconditional, help: "Tokens per window (default: the model's context, at most 1024).")
    var context: Int?

    @Flag(name: .customLong("bos"), help: "Begin each window with the model's beginning-of-text token.")
    var beginsText = false

    func validate() throws {
        if let context, context < 2 { throw ValidationError("--context: expected 2 or more, found \(context)") }
    }

    /// Throws unless a text is given.
    func checkIsGiven() throws {
        guard path != nil else { throw ValidationError("expected --text FILE, found none") }
    }

    /// The option that is given besides the text's path; nil if none is.
    var given: String? { context != nil ? "--context" : beginsText ? "--bos" : nil }

    /// The tokens of a window.
    func window(for model: TextModel) -> Int { context ?? model.standardWindow }

    /// How windows begin, in words.
    var beginning: String {
        beginsText
            ? "each window begins with the beginning-of-text token"
            : "no beginning-of-text token (--bos adds it)"
    }

    /// Reads the text, before the model is loaded.
    func read() throws -> EvaluatedText {
        try checkIsGiven()
        let path = path ?? "-"
        try JSONLines.refuse(path: path)
        let name = TextInput.name(of: path)
        let text = try TextInput.read(path, atMost: .text)
        try JSONLines.refuse(Array(text.utf8), file: name)
        return EvaluatedText(arguments: self, name: name, text: text)
    }
}

/// A text that a model is evaluated on.
struct EvaluatedText {
    fileprivate let arguments: EvaluatedTextArguments
    /// For errors.
    let name: String
    fileprivate let text: String

    /// Encodes the text. Says on standard error what is lost, and how positions are rotated.
    ///
    /// - Throws: ``InputError`` if an option does not suit the model.
    func tokens(for model: TextModel) throws -> [Token] {
        let window = arguments.window(for: model)
        guard (2...max(2, model.model.contextLength)).contains(window) else {
            throw InputError(name: "--context", expected: "2...\(model.model.contextLength)", found: "\(window)")
        }
        if arguments.beginsText, model.tokenizer.beginningOfText == nil {
            throw InputError(name: "--bos", expected: "a model with a beginning-of-text token", found: "none")
        }
        Output.note(lossIn: [text], model.tokenizer)
        // The text is a corpus, not a prompt, so a token is added at its beginning only on request.
        let encoded = try model.tokenizer.encode(Array(text.utf8), addingSpecialTokens: false) { _ in
            !Interruption.isRequested
        }
        guard let tokens = encoded else { throw InterruptedError() }
        try checkDynamicRoPE(model, tokens.count)
        Output.note(longRoPEOf: model, contexts: [min(window, tokens.count)])
        return tokens
    }

    /// Dynamic RoPE changes with the length of the text, so windows are not what the whole text would be.
    private func checkDynamicRoPE(_ model: TextModel, _ tokenCount: Int) throws {
        let limit = model.shape.contextLength
        guard arguments.context == nil, tokenCount > limit, model.model.hasDynamicRoPE else { return }
        throw InputError(
            name: "text",
            expected: "at most \(limit) tokens, since dynamic RoPE is exact only within the model's context "
                + "(--context \(limit) evaluates windows)", found: "\(tokenCount)")
    }
}
