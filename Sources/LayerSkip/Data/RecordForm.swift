import CheckpointFiles

/// The form of a JSON file's records: what is learned from them, and under which keys.
///
/// ```swift
/// let corpus = try Corpus(files: ["qa.jsonl"], form: RecordForm(keys: "prompt=question,answer=response"))
/// ```
public struct RecordForm: Sendable, Equatable {
    /// The kind of a record.
    enum Kind: String, Sendable {
        /// A conversation: a list of messages.
        case messages
        /// A prompt with an answer.
        case pair
        /// An instruction with an optional input and an output.
        case instruction
        /// A text.
        case text
    }

    let kind: Kind
    /// The records' own key for each part of the kind, such as `answer`.
    private let names: [String: String]

    private init(_ kind: Kind, _ names: [String: String] = [:]) {
        self.kind = kind
        self.names = names
    }

    /// Creates a form with other keys than the known ones.
    ///
    /// - Parameter keys: `PART=KEY` for each part, joined by commas: `messages=chat`, `prompt=question,answer=response`,
    ///   `instruction=task,input=context,output=result` or `text=body`.
    /// - Returns: nil if that is not one of these forms.
    public init?(keys: String) {
        var names: [String: String] = [:]
        for part in keys.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0) }
            guard pair.count == 2, names.updateValue(pair[1], forKey: pair[0]) == nil else { return nil }
        }
        switch Set(names.keys) {
        case ["messages"]: kind = .messages
        case ["prompt", "answer"]: kind = .pair
        case ["instruction", "output"], ["instruction", "input", "output"]: kind = .instruction
        case ["text"]: kind = .text
        default: return nil
        }
        self.names = names
    }

    /// A description of what ``init(keys:)`` reads, for errors.
    public static let expected =
        "messages=KEY, prompt=KEY,answer=KEY, instruction=KEY,input=KEY,output=KEY or text=KEY"

    /// Recognizes the form of a record by its keys; returns nil if none is known.
    init?(recordWith keys: [String]) {
        if keys.contains("messages") {
            self.init(.messages)
        } else if keys.contains("conversations") {
            self.init(.messages, ["messages": "conversations"])
        } else if keys.contains("prompt") || keys.contains("answer") || keys.contains("completion") {
            let isCompletion = keys.contains("completion") && !keys.contains("answer")
            self.init(.pair, isCompletion ? ["answer": "completion"] : [:])
        } else if keys.contains("instruction") {
            self.init(.instruction)
        } else if keys.contains("text") {
            self.init(.text)
        } else {
            return nil
        }
    }

    /// The known forms, for errors.
    static let shapes =
        #"{"messages": [...]}, {"prompt": "...", "answer": "..."}, {"prompt": "...", "completion": "..."}, "#
        + #"{"instruction": "...", "input": "...", "output": "..."}, {"text": "..."} or {"conversations": [...]}"#

    /// Returns the records' own key for a part.
    func key(_ part: String) -> String { names[part] ?? part }

    /// The records' own keys, for errors.
    var summary: String {
        let parts =
            switch kind {
            case .messages: ["messages"]
            case .pair: ["prompt", "answer"]
            case .instruction: ["instruction", "output"]
            case .text: ["text"]
            }
        return (parts.count == 1 ? "the key " : "the keys ") + parts.map { key($0).quoted }.joined(separator: ", ")
    }

    /// The keys that a record of this form may have.
    var keys: [String] {
        switch kind {
        case .messages: [key("messages")] + ChatRecord.keys
        case .pair: [key("prompt"), key("answer")]
        case .instruction: [key("instruction"), key("input"), key("output")]
        case .text: [key("text")]
        }
    }

    /// Advice for other forms.
    static let advice = " (name the keys with --keys, such as --keys prompt=question,answer=response)"
}
