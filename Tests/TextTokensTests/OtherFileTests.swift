import Testing
import TextTokens

/// Files that are not JSON but may be given as a tokenizer.json.
struct OtherFileTests {
    @Test(arguments: [
        ("IQ== 0\nIg== 1\n", "tiktoken", "tokenizer.json"),
        ("  IQ== 0\r\nIg== 1\r\n", "tiktoken", "tokenizer.json"),
        ("#version: 0.2\nĠ t\n", "merges.txt", "tokenizer.json"),
        ("[PAD]\n[unused0]\n", "WordPiece", "choose another model"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS", "git lfs pull"),
        ("<!DOCTYPE html><html></html>", "web page", "download"), ("PK\u{3}\u{4}", "archive", "unpack"),
    ])
    func theErrorSaysWhatItIsAndWhatToDo(_ content: String, _ kind: String, _ advice: String) throws {
        let error = #expect(throws: TokenizerError.self) { try TokenizerDefinition(json: Array(content.utf8)) }
        #expect(error?.description.contains(kind) == true)
        #expect(error?.description.contains(advice) == true)
    }

    @Test(arguments: ["", "IQ==", "IQ== x", "IQ= 0", "IQ==  0", "[1", "{", "\u{1F}"])
    func otherTextIsJustNoJSON(_ content: String) throws {
        let error = #expect(throws: TokenizerError.self) { try TokenizerDefinition(json: Array(content.utf8)) }
        #expect(error?.description.contains("expected JSON with") == true)
    }
}
