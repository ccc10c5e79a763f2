import LayerSkip

/// A conversation to answer, from the command line and files.
struct ChatInput {
    var messages: [ChatMessage] = []
    private(set) var options: ChatOptions

    /// Creates a conversation with the system message, if there is one.
    init(_ arguments: ChatArguments) throws {
        options = try arguments.options()
        if let system = arguments.system { messages.append(ChatMessage(role: .system, content: system)) }
    }

    /// Adds the messages of a file, and its tools and documents.
    ///
    /// - Parameters:
    ///   - text: the file's text; nil if it is too long.
    ///   - name: the file's name.
    /// - Throws: if the file is not a conversation to answer, or has what the command line gives, too.
    mutating func readMessages(_ text: String?, name: String) throws {
        guard let text else {
            throw InputError(
                name: name, expected: "at most \(ReadingLimit.text.byteCount) bytes of messages", found: "more")
        }
        let record = try ChatRecord(json: Array(text.utf8), name: name, atMost: .text)
        Output.note(record.ignoredKeys.map { "\(name): the key \($0.quoted) is ignored" })
        try add(record, name: name)
    }

    /// Adds the messages of a conversation, and its tools and documents.
    ///
    /// - Parameter name: its name in errors.
    /// - Throws: if it has what the command line gives, too, or nothing to answer.
    mutating func add(_ record: ChatRecord, name: String) throws {
        func check(_ option: String, _ isGiven: Bool, _ isInFile: Bool, _ what: String) throws {
            guard isGiven, isInFile else { return }
            throw InputError(name: name, expected: "no \(what), which \(option) gives", found: "some")
        }
        try check("--system", !messages.isEmpty, record.messages.first?.role == .system, "system message")
        try check("--tools", options.tools != nil, record.options.tools != nil, "tools")
        try check("--documents", options.documents != nil, record.options.documents != nil, "documents")
        if record.messages.last?.role == .assistant {
            throw InputError(
                name: name, expected: "a last message that the model can answer", found: "one of the assistant")
        }
        messages += record.messages
        options.tools = options.tools ?? record.options.tools
        options.documents = options.documents ?? record.options.documents
    }
}
