/// An instruction with an optional input, and the output that answers it.
struct InstructionPair: Sendable {
    let instruction: String
    /// May be empty.
    let input: String
    let output: String

    /// What a user would write.
    var question: String { input.isEmpty ? instruction : "\(instruction)\n\n\(input)" }

    /// The prompt of Stanford Alpaca's models, for models without a chat template.
    var prompt: String {
        let task = "Below is an instruction that describes a task"
        let request = "Write a response that appropriately completes the request."
        return input.isEmpty
            ? "\(task). \(request)\n\n### Instruction:\n\(instruction)\n\n### Response:\n"
            : "\(task), paired with an input that provides further context. \(request)\n\n"
                + "### Instruction:\n\(instruction)\n\n### Input:\n\(input)\n\n### Response:\n"
    }
}
