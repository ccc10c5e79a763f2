import LayerSkip
import TestSupport

/// `tokenizer.json`, and texts encoded and decoded with its tokenizer.
enum TokenizerTarget: FuzzTarget {
    static let name = "tokenizer"

    /// Words, numbers, other scripts, and text that looks like special tokens.
    static let page = "The house of 1234 windows — naïve, 東京, 🙂; <|im_end|><s>\n\n\t let x = [1, 2, 3]\r\n  e\u{301}"

    static func seeds() -> [[UInt8]] {
        let bytes = (0...255).map { TinyTokenizer.byteCharacter(UInt8($0)) }
        func file(_ tokens: [String], merges: [String], added: String, rest: String) -> [UInt8] {
            let vocabulary = tokens.enumerated().map { "\(quoted($1)):\($0)" }.joined(separator: ",")
            let merges = merges.map(quoted).joined(separator: ",")
            return Array(
                """
                {"version":"1.0","added_tokens":[\(added)],\(rest),"model":{"type":"BPE","vocab":{\(vocabulary)},\
                "merges":[\(merges)]}}
                """.utf8)
        }
        let byteLevel = #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#
        return [
            file(
                ["<s>", "</s>", "<|im_end|>"] + bytes + ["he", "Ġt", "Ġthe"], merges: ["h e", "Ġ t", "Ġt he"],
                added: """
                    {"id":0,"content":"<s>","special":true},{"id":1,"content":"</s>","special":true},\
                    {"id":2,"content":"<|im_end|>","special":true}
                    """,
                rest: #""normalizer":null,"pre_tokenizer":\#(byteLevel),"decoder":\#(byteLevel)"#),
            file(
                ["a", "b", "ab", "<x>"], merges: ["a b"],
                added: #"{"id":3,"content":"<x>","special":false,"lstrip":false,"rstrip":false,"single_word":false}"#,
                rest: """
                    "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<x>","type_id":0}},\
                    {"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"<x>":{"id":"<x>","ids":[3],\
                    "tokens":["<x>"]}}},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits",\
                    "individual_digits":true},\(byteLevel)]}
                    """),
        ]
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let definition = try TokenizerDefinition(json: input)
        let tokenizer = try Tokenizer(definition)
        try checkWriting(definition)
        // The end of the input is a text, too, since it may contain special tokens of the file.
        for text in [Array(page.utf8), Array(input.suffix(100))] {
            for isParsing in [false, true] {
                let ids = try tokenizer.encode(text, parsingSpecialTokens: isParsing)
                require(ids.allSatisfy { 0..<tokenizer.vocabularySize ~= Int($0) }, "\(ids)")
                var stream = StreamingDetokenizer(tokenizer)
                let pieces = ids.reduce("") { $0 + stream.append($1) } + stream.finish()
                require(pieces == tokenizer.decode(ids), "\(pieces) is \(tokenizer.decode(ids))")
            }
        }
    }

    private static func checkWriting(_ definition: TokenizerDefinition) throws {
        let again = try TokenizerDefinition(json: definition.json())
        require(again.fingerprint == definition.fingerprint, "\(again) is \(definition)")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
