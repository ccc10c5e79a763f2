/// How a file of a corpus is read, according to its name's ending in any letter case.
enum CorpusFileKind: Equatable {
    /// The whole file is one text.
    case text
    /// JSON Lines: each line is an object with a prompt and an answer.
    case lines
    /// Neither: `found` describes the file and what to do about it.
    case refused(found: String)

    init(path: String) {
        let name = path.split(separator: "/").last ?? ""
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last?.lowercased() ?? ""
        switch ending {
        case "jsonl", "ndjson", "jsonlines", "ldjson": self = .lines
        case "json":
            let advice = "rename it to .jsonl if each line is one object, or to .txt if it is to be learned as it is"
            self = .refused(found: "a .json file (\(advice))")
        case "gz", "tgz", "zst", "bz2", "xz", "lz4", "zip", "7z", "rar", "tar":
            self = .refused(found: "a .\(ending) file (unpack it first)")
        case "parquet", "arrow", "feather", "pdf", "docx", "npy", "npz", "gguf", "safetensors", "pt", "tokens":
            self = .refused(found: "a .\(ending) file, which is no text (convert it to .txt or .jsonl first)")
        case "partial": self = .refused(found: "a .partial file, which is not complete (rename it if it is)")
        default: self = .text
        }
    }
}
