/// A kind of file that people take for a tokenizer.json.
enum OtherFileKind {
    case tiktoken, merges, wordPieces, gitPointer, webPage, archive

    /// Recognises a file that is not JSON by how it begins.
    init?(_ file: [UInt8]) {
        let start = file.prefix(4096).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let line = start.prefix { $0 != 0x0A && $0 != 0x0D }
        if Self.isRankedToken(line) {
            self = .tiktoken
        } else if line.starts(with: "#version:".utf8) {
            self = .merges
        } else if line.elementsEqual("[PAD]".utf8) {
            self = .wordPieces
        } else if line.starts(with: "version https://git-lfs".utf8) {
            self = .gitPointer
        } else if line.first == UInt8(ascii: "<") {
            self = .webPage
        } else if start.starts(with: "PK".utf8) || start.starts(with: [0x1F, 0x8B]) {
            self = .archive
        } else {
            return nil
        }
    }

    /// Whether a line is a token in base64 and its rank, as in tiktoken's files.
    private static func isRankedToken(_ line: ArraySlice<UInt8>) -> Bool {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count == 2, !fields[0].isEmpty, fields[0].count % 4 == 0, !fields[1].isEmpty else { return false }
        return fields[0].allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                true
            default: false
            }
        } && fields[1].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// What the file is, and what to do.
    var description: String {
        switch self {
        case .tiktoken: "a list of tiktoken's tokens and ranks; download the same model's tokenizer.json"
        case .merges: "a list of merges (merges.txt); pass the folder that has it, or its tokenizer.json"
        case .wordPieces: "a list of WordPiece's tokens (vocab.txt), which is not supported; choose another model"
        case .gitPointer: "a pointer of Git LFS to the file; download the file itself, for example with git lfs pull"
        case .webPage: "a web page; download the file itself"
        case .archive: "a compressed archive; unpack it"
        }
    }
}
