// Prints the tokens of texts, for comparison with other programs' tokenizers.
//
// TokenLists TOKENIZER [--parse-special] < TEXTS : for each line, a JSON string, a line with the text's ids, without
// those that begin and end a text, and with all of them decoded: {"ids":[1,2],"decoded":"..."}

import CheckpointFiles
import LayerSkip
import TextTokens

struct Line: Encodable {
    var ids: [Int32]?
    var decoded: String?
    var error: String?
}

let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--parse-special" }
guard arguments.count == 1 else { fatalError("expected a tokenizer") }
let parsesSpecial = CommandLine.arguments.contains("--parse-special")
let tokenizer: Tokenizer
do {
    tokenizer = try Tokenizer(ofFile: arguments[0])
} catch {
    fatalError("\(error)")
}
while let json = readLine() {
    let text: String = try JSONText.decode(text: Array(json.utf8), file: "a line", atMost: .text)
    var line = Line()
    do {
        let ids = try tokenizer.encode(text, addingSpecialTokens: false, parsingSpecialTokens: parsesSpecial)
        (line.ids, line.decoded) = (ids, tokenizer.decode(ids, skippingSpecialTokens: false))
    } catch {
        line.error = "\(error)"
    }
    print(String(decoding: JSONText.encode(line, onOneLine: true), as: UTF8.self))
}
