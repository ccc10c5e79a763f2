import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A picture of drafts, read by Foundation's XML parser.
final class DrawnPicture: NSObject, XMLParserDelegate {
    /// The group of a token or of the prompt.
    struct Group {
        let name: String
        /// Text that belongs to the generated text; line ends are shown as ↵.
        var text = ""
        /// Text that does not.
        var aside = ""
        var boxes = 0
    }

    private(set) var groups: [Group] = []
    /// The legend and the caption.
    private(set) var notes: [String] = []
    private(set) var elements: Set<String> = []
    private var group: Group?
    private var textClass: String?

    /// nil for text that is not well-formed XML.
    init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    /// The groups of tokens of one kind.
    func tokens(_ name: String) -> [Group] { groups.filter { $0.name == name } }

    /// The generated text without blanks, with ↵ as its line ends.
    var text: String {
        groups.filter { $0.name != "prompt" }.map(\.text).joined().filter { $0 != " " }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.insert(name)
        switch name {
        case "g": group = Group(name: attributes["class"] ?? "")
        case "rect": group?.boxes += 1
        case "text":
            textClass = attributes["class"] ?? ""
            if textClass == "note" { notes.append("") }
        default: break
        }
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
    ) {
        if name == "text" { textClass = nil }
        guard name == "g", let ended = group else { return }
        group = nil
        if !ended.name.hasSuffix(" sample") { groups.append(ended) }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        switch textClass {
        case "note": notes[notes.count - 1] += text
        case "aside": group?.aside += text
        case "": group?.text += text
        default: break
        }
    }
}
