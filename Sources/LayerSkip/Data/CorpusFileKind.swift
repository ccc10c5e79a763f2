/// How a file of a corpus is read, according to its name's ending in any letter case.
enum CorpusFileKind: Equatable {
    /// The whole file is one text, unless a separator divides it.
    case text
    /// JSON Lines: each line is a record.
    case lines
    /// JSON: a list of records, or one or more records after each other.
    case records
    /// None of these: `found` describes the file and what to do about it.
    case refused(found: String)

    /// - Parameter path: a path, without the ending `.gz` of a compressed file.
    init(path: String) {
        let ending = Self.ending(of: path)
        switch ending {
        case "jsonl", "ndjson", "jsonlines", "ldjson": self = .lines
        case "json": self = .records
        case "tgz", "zst", "bz2", "xz", "lz4", "zip", "7z", "rar", "tar":
            self = .refused(found: "a .\(ending) file (unpack it first)")
        case "parquet", "arrow", "feather":
            let reader = ending == "parquet" ? "parquet" : "feather"
            let name = path.split(separator: "/").last.map(String.init) ?? path
            let output = name.dropLast(ending.count) + "jsonl"
            let command =
                #"python3 -c "import pandas; pandas.read_\#(reader)('\#(name)')"#
                + #".to_json('\#(output)', orient='records', lines=True)""#
            self = .refused(found: "a .\(ending) file (convert it: \(command))")
        case "pdf", "docx", "npy", "npz", "gguf", "safetensors", "pt", "tokens":
            self = .refused(found: "a .\(ending) file, which is no text (convert it to .txt or .jsonl first)")
        case "partial": self = .refused(found: "a .partial file, which is not complete (rename it if it is)")
        default: self = .text
        }
    }

    /// Whether folders are searched for such files.
    var isReadInFolders: Bool { self == .text || self == .lines }

    /// The path without `.gz`, and whether it had that ending.
    static func unpacked(_ path: String) -> (path: String, isCompressed: Bool) {
        ending(of: path) == "gz" ? (String(path.dropLast(3)), true) : (path, false)
    }

    /// Whether a name has no ending, as the names of standard input and of most pipes.
    static func isUnknown(_ path: String) -> Bool { ending(of: path).isEmpty }

    /// Recognizes the kind of a text without a name by its first character that is not a space: `{` begins JSON Lines or
    /// a record, `[` before `{` a list of records. A byte order mark counts as a space.
    init(content: some Collection<UInt8>) {
        let start = content.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var characters = content.dropFirst(start).lazy.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }.makeIterator()
        switch (characters.next(), characters.next()) {
        case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "["), UInt8(ascii: "{")): self = .records
        default: self = .text
        }
    }

    private static func ending(of path: String) -> String {
        let name = path.split(separator: "/").last ?? ""
        return name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last?.lowercased() ?? ""
    }
}
