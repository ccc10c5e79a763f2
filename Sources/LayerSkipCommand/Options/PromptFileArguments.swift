import ArgumentParser

/// Options for how the prompts of a file are read and written.
struct PromptFileArguments: ParsableArguments {
    @Option(help: "Key of the prompt in JSON Lines (default: messages, prompt or question).")
    var promptKey: String?

    @Flag(help: "Write each prompt that is a text as a user's message, in the format of the model's chat template.")
    var chat = false

    @OptionGroup var chatArguments: ChatArguments

    /// The help of an option for a file of prompts.
    static let help = "a text per line, or JSON Lines with \"prompt\", \"question\" or \"messages\""

    func validate() throws {
        if promptKey == "" { throw ValidationError("--prompt-key: expected the name of a key, found an empty one") }
    }

    /// Checks the options together with that of the file.
    ///
    /// - Parameter prompts: the path of the file; nil if there is none.
    func check(_ prompts: String?) throws {
        guard let prompts else {
            let given = promptKey != nil ? "--prompt-key" : chat ? "--chat" : chatArguments.given
            if let given { throw ValidationError("\(given): expected --prompts with it, found none") }
            return
        }
        let readers = (prompts == "-" ? ["--prompts"] : []) + chatArguments.fromStandardInput
        guard readers.count < 2 else {
            throw ValidationError(
                "expected one thing from standard input, found \(readers.joined(separator: " and "))")
        }
    }
}
