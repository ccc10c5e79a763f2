import ArgumentParser
import LayerSkip

/// The option for the size of a text's context.
struct ContextArguments: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Maximum number of tokens of prompt and generated text together (default: the model's context).")
    var context: Int?

    func validate() throws {
        if let context, context < 2 { throw ValidationError("--context: expected 2 or more, found \(context)") }
    }

    /// Sets the context of options, and says which of LongRoPE's factors it selects.
    ///
    /// - Parameter promptCount: the number of tokens of the only prompt; nil if there will be more.
    /// - Throws: ``InputError`` if the model has a smaller context.
    func set(in options: inout GenerationOptions, of model: TextModel, promptCount: Int? = nil) throws {
        options.context = try checked(for: model)
        if let promptCount { options = options.fitted(to: promptCount, of: model) }
        Output.note(longRoPEOf: model, contexts: [options.context])
    }

    /// The given context; nil if there is none.
    ///
    /// - Throws: ``InputError`` if the model has a smaller context.
    func checked(for model: TextModel) throws -> Int? {
        let limit = model.shape.contextLength
        if let context, !(2...limit).contains(context) {
            throw InputError(name: "--context", expected: "2...\(limit), the model's context", found: "\(context)")
        }
        return context
    }
}
