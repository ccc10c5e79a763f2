// Renders a chat template, for comparison with jinja2.
//
// RenderedTemplates TEMPLATE < CASES: each line of CASES is a JSON object of the template's variables. For each, a line
// is printed: {"output": ...} with the text and the parts of it that come from the variables ("user": pairs of offsets
// in Unicode scalars), or {"error": ...}. Variables whose names end with _token count as the template's own text. The
// time is 12:34:56 on 28 November 2026, or that of the member "now", such as "2026-11-28T12:34:56".

import CheckpointFiles
import JinjaTemplates
import LayerSkip

struct Answer: Encodable {
    var output: String?
    var user: [[Int]]?
    var error: String?

    init(_ pieces: [RenderedPiece]) {
        output = pieces.map(\.text).joined()
        var offset = 0
        user = pieces.compactMap { piece in
            let start = offset
            offset += piece.text.unicodeScalars.count
            return piece.isFromInput ? [start, offset] : nil
        }
    }

    init(error: String) { self.error = error }
}

func date(_ text: String) -> TemplateDate {
    let parts = text.split { !$0.isNumber }.compactMap { Int($0) }
    guard parts.count == 6 else { fatalError("expected a date such as 2026-11-28T12:34:56, found \(text)") }
    return TemplateDate(
        year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: parts[5])
}

func answer(_ line: String, _ template: Result<Template, TemplateError>) throws -> Answer {
    guard case .object(let members) = try TemplateValue(json: Array(line.utf8)) else { fatalError("expected objects") }
    var variables = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
    let now = date(variables.removeValue(forKey: "now")?.text ?? "2026-11-28T12:34:56")
    let isTrusted = { (name: String) in name.hasSuffix("_token") }
    do {
        return Answer(
            try template.get().render(
                variables.filter { !isTrusted($0.key) }.map { ($0.key, $0.value) },
                trusted: variables.filter { isTrusted($0.key) }.map { ($0.key, $0.value) }, now: now))
    } catch {
        return Answer(error: "\(error)")
    }
}

guard CommandLine.arguments.count == 2 else { fatalError("expected a template") }
let source = try TextFile.text(CommandLine.arguments[1], atMost: .description)
let template = Result { () throws(TemplateError) in try Template(source) }
while let line = readLine() {
    print(String(decoding: JSONText.encode(try answer(line, template), onOneLine: true), as: UTF8.self))
}
