import LayerSkip
import TestSupport

/// `tokenizer.json`, and texts encoded and decoded with its tokenizer. A text may follow the file after a zero.
enum TokenizerTarget: FuzzTarget {
    static let name = "tokenizer"

    static func seeds() throws -> [[UInt8]] {
        let golden = try GoldenSeeds.tokenizerFiles() + GoldenSeeds.patterns().map(split)
        let texts = [files, try normalizers, preTokenizers, decoders, postProcessors, hostile, golden].flatMap(\.self)
        return texts.map { Array("\($0)\0 The <x>ab AB</s> word  12".utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let parts = input.parts(2)
        let definition = try TokenizerDefinition(json: parts[0])
        let tokenizer = try Tokenizer(definition)
        try CheckedTexts.check(tokenizer, of: definition, Array(parts[1].prefix(200)))
        try checkWriting(definition)
    }

    private static func checkWriting(_ definition: TokenizerDefinition) throws {
        let again = try TokenizerDefinition(json: definition.json())
        require(again.fingerprint == definition.fingerprint, "\(again) is \(definition)")
    }
}

// MARK: Seeds

extension TokenizerTarget {
    private static let byteLevel =
        #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"#

    /// A byte-level file, and one with few bytes.
    private static var files: [String] {
        let bytes = (0...255).map { TinyTokenizer.byteCharacter(UInt8($0)) }
        return [
            file(
                vocabulary: ["<s>", "</s>", "<|im_end|>"] + bytes + ["he", "Ġt", "Ġthe"],
                merges: ["h e", "Ġ t", "Ġt he"],
                added: """
                    {"id":0,"content":"<s>","special":true},{"id":1,"content":"</s>","special":true},\
                    {"id":2,"content":"<|im_end|>","special":true}
                    """,
                #""normalizer":null,"pre_tokenizer":\#(byteLevel),"decoder":\#(byteLevel)"#),
            file(
                added: #"{"id":4,"content":"<x>","special":false,"lstrip":false,"rstrip":false,"single_word":false}"#,
                #""pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},"#
                    + "\(byteLevel)]}"),
            file(
                added: """
                    {"id":4,"content":"<x>","special":true,"lstrip":true,"rstrip":true},\
                    {"id":5,"content":" ","special":false,"lstrip":true},\
                    {"id":6,"content":"ab","special":false,"single_word":true,"normalized":true},\
                    {"id":7,"content":"AB","special":false,"rstrip":true,"normalized":true}
                    """, #""normalizer":{"type":"Lowercase"}"#),
        ]
    }

    private static var normalizers: [String] {
        get throws {
            let charsmap = try GoldenSeeds.charsmap()
            let steps =
                ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"].map { #"{"type":"\#($0)"}"# } + [
                    #"{"type":"Strip","strip_left":true,"strip_right":true}"#, #"{"type":"Prepend","prepend":"▁"}"#,
                    #"{"type":"Replace","pattern":{"String":" "},"content":"▁"}"#,
                    #"{"type":"Replace","pattern":{"Regex":" {2,}|(?<=a)b*"},"content":"aa"}"#,
                    #"{"type":"Precompiled","precompiled_charsmap":"\#(charsmap)"}"#,
                ]
            let all = #"{"type":"Sequence","normalizers":[\#(steps.joined(separator: ","))]}"#
            return (steps + [all]).map { file(#""normalizer":\#($0)"#) }
        }
    }

    private static var preTokenizers: [String] {
        let behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
        let steps =
            behaviors.flatMap { behavior in
                [
                    #"{"type":"Split","pattern":{"Regex":"(?<!a)b|\\s+(?=\\S)"},"behavior":"\#(behavior)","invert":true}"#,
                    #"{"type":"Split","pattern":{"String":"a"},"behavior":"\#(behavior)","invert":false}"#,
                    #"{"type":"Punctuation","behavior":"\#(behavior)"}"#,
                ]
            }
            + ["first", "always", "never"].map {
                #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"\#($0)","split":true}"#
            } + [
                #"{"type":"Whitespace"}"#, #"{"type":"WhitespaceSplit"}"#,
                #"{"type":"Digits","individual_digits":false}"#,
                #"{"type":"CharDelimiterSplit","delimiter":"b"}"#,
            ]
        let all = steps.map { [$0] } + [steps, steps + [byteLevel], [byteLevel] + steps]
        return all.map {
            file(#""pre_tokenizer":{"type":"Sequence","pretokenizers":[\#($0.joined(separator: ","))]}"#)
        }
    }

    /// A file whose rule for words is a regular expression.
    private static func split(by pattern: String) -> String {
        let split = #"{"type":"Split","pattern":{"Regex":\#(quoted(pattern))},"behavior":"Isolated","invert":false}"#
        return file(#""pre_tokenizer":\#(split)"#)
    }

    private static var decoders: [String] {
        let steps = [
            #"{"type":"Replace","pattern":{"String":"▁"},"content":" "}"#, #"{"type":"ByteFallback"}"#,
            #"{"type":"Strip","content":"a","start":1,"stop":1}"#, #"{"type":"Fuse"}"#,
            #"{"type":"Strip","content":" ","start":1,"stop":0}"#,
        ]
        let all = steps.map { [$0] } + [steps, [#"{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}"#]]
        return all.map {
            file(#""decoder":{"type":"Sequence","decoders":[\#($0.joined(separator: ","))]}"#)
        }
    }

    private static var postProcessors: [String] {
        let special = #"{"SpecialToken":{"id":"<x>","type_id":0}}"#
        let text = #"{"Sequence":{"id":"A","type_id":0}}"#
        let template = """
            {"type":"TemplateProcessing","single":[\(special),\(text),\(special)],"pair":[],\
            "special_tokens":{"<x>":{"id":"<x>","ids":[4,4],"tokens":["<x>"]}}}
            """
        let roberta = #"{"type":"RobertaProcessing","sep":["ab",3],"cls":["<x>",4],"add_prefix_space":true}"#
        let sequence = #"{"type":"Sequence","processors":[\#(byteLevel),\#(template)]}"#
        return [template, roberta, sequence].map { file(#""post_processor":\#($0)"#) }
    }

    /// Steps that without limits would take long, or make texts long.
    private static var hostile: [String] {
        let tenfold = #"{"type":"Replace","pattern":{"String":"a"},"content":"aaaaaaaaaa"}"#
        let slow = #"{"type":"Replace","pattern":{"Regex":"(a|aa)+$|\\z"},"content":"b"}"#
        let large = split(by: #"(?:\p{L}?\p{N}?\w?){1900}"#)
        return [tenfold, slow].map { step in
            file(
                #""normalizer":{"type":"Sequence","normalizers":["#
                    + Array(repeating: step, count: 20).joined(separator: ",") + "]}")
        } + [
            file(
                #""decoder":{"type":"Sequence","decoders":["#
                    + Array(repeating: tenfold, count: 20).joined(separator: ",") + "]}"),
            large,
        ]
    }

    /// A file with a few tokens, one of which is added.
    private static func file(
        vocabulary: [String] = ["▁", "a", "b", "ab", "<x>", " ", "<0x0A>", "1"], merges: [String] = ["a b"],
        added: String = #"{"id":4,"content":"<x>","special":true,"normalized":true}"#, _ rest: String
    ) -> String {
        let vocabulary = vocabulary.enumerated().map { "\(quoted($1)):\($0)" }.joined(separator: ",")
        return """
            {"version":"1.0","added_tokens":[\(added)],\(rest),"model":{"type":"BPE","vocab":{\(vocabulary)},\
            "merges":[\(merges.map(quoted).joined(separator: ","))],"unk_token":"<x>","fuse_unk":true}}
            """
    }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce("\"") { result, scalar in
            switch scalar {
            case "\"", "\\": result + "\\\(scalar)"
            case "\u{0}"..<" ": result + "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result + String(scalar)
            }
        } + "\""
    }
}
