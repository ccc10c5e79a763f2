import LayerSkip

/// A chat template in a model's files, as JSON and as text.
struct ChatTemplateReport: Encodable {
    let name: String
    let bytes: Int
    /// Whether the template reads tools.
    let tools: Bool
    /// The reason why the template cannot be used.
    let cannotRun: Nullable<String>

    init(name: String, source: String) {
        self.name = name
        bytes = source.utf8.count
        do {
            tools = try ChatTemplate(jinja: source).reads("tools")
            cannotRun = Nullable(nil)
        } catch {
            tools = false
            cannotRun = Nullable(error.description)
        }
    }

    /// The report for people.
    var text: String {
        let facts = [
            bytes.counted("byte"), tools ? "with tools" : nil, cannotRun.value.map { "not usable: \($0)" },
        ]
        return "\(name.inMessage) (\(facts.compactMap(\.self).joined(separator: ", ")))"
    }
}
