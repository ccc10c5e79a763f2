import ArgumentParser
import JinjaTemplates
import LayerSkip

/// Options for how a conversation is written.
struct ChatArguments: ParsableArguments {
    @Option(help: "System message that replaces the model's default one.")
    var system: String?

    @OptionGroup var template: ChatTemplateArguments

    @Option(
        name: .customLong("template-value"),
        help: ArgumentHelp(
            """
            Value for the chat template, such as enable_thinking=false; may be given more than once. It is JSON, or \
            else text.
            """, valueName: "name=value"))
    var values: [String] = []

    @Option(
        help: "JSON file with a list of tools that the model may call, as in OpenAI's API.", transform: expandedPath)
    var tools: String?

    @Option(
        help: "JSON file with a list of documents for the chat template, each an object.", transform: expandedPath)
    var documents: String?

    func validate() throws { _ = try namedValues() }

    /// The name of an option that is given; nil if none is.
    var given: String? {
        if system != nil { return "--system" }
        if template.chatTemplate != nil { return "--chat-template" }
        if !values.isEmpty { return "--template-value" }
        return tools != nil ? "--tools" : documents != nil ? "--documents" : nil
    }

    /// The options whose file is standard input.
    var fromStandardInput: [String] {
        [("--chat-template", template.chatTemplate), ("--tools", tools), ("--documents", documents)]
            .filter { $0.1 == "-" }.map(\.0)
    }

    /// What the template reads besides the messages; files are read.
    func options() throws -> ChatOptions {
        var options = ChatOptions()
        options.tools = try tools.map { try Self.objects(in: $0, "tools") }
        options.documents = try documents.map { try Self.objects(in: $0, "documents") }
        options.values = try namedValues()
        return options
    }

    private static func objects(in path: String, _ place: String) throws -> [TemplateValue] {
        let text = try Array(TextInput.read(path, atMost: .text).utf8)
        let name = TextInput.name(of: path)
        let value = try TemplateValue(json: text, name: name)
        return try inTextFile(name) { () throws(TokenizerError) in
            try ChatOptions.objects(value, place: place) ?? []
        }
    }

    private func namedValues() throws -> [String: TemplateValue] {
        var named: [String: TemplateValue] = [:]
        for text in values {
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                throw ValidationError(
                    "--template-value: expected NAME=VALUE, such as enable_thinking=false, found \(text.quoted)")
            }
            let name = String(text[..<sign])
            guard !ChatTemplate.ownVariables.contains(name) else {
                throw ValidationError(
                    "--template-value: expected another name, found \(name.quoted), which has an option of its own")
            }
            guard named[name] == nil else {
                throw ValidationError("--template-value: expected each name once, found \(name.quoted) again")
            }
            named[name] = try Self.value(String(text[text.index(after: sign)...]), name)
        }
        return named
    }

    /// A value in JSON, or else a text. What is meant as another value, as in Python, is an error: as a text it would
    /// count as true.
    private static func value(_ text: String, _ name: String) throws -> TemplateValue {
        if let value = try? TemplateValue(json: Array(text.utf8)) { return value }
        guard !["True", "False", "None"].contains(text), !["{", "[", "\""].contains(text.prefix(1)) else {
            throw ValidationError(
                "--template-value: expected JSON for \(name.quoted), such as true, false, null or \"text\", found "
                    + text.quoted)
        }
        return .text(text)
    }
}

extension Output {
    /// Prints to standard error which given values a chat template does not read.
    static func note(unreadBy template: ChatTemplate, _ options: ChatOptions) {
        note(template.unread(of: options).map { unreadNote($0) })
    }

    /// The note on a value that a chat template does not read.
    static func unreadNote(_ name: String) -> String { "the chat template does not use \(name.quoted)" }
}

/// Runs a closure and turns its error about a text or a conversation into one that names the file.
func inTextFile<Result>(_ name: String, _ body: () throws(TokenizerError) -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        throw FileError(error, file: name)
    }
}
