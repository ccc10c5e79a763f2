import ArgumentParser
import LayerSkip

/// Options that select texts and say how to read them.
struct CorpusOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Text files and folders. Each file is one document; in a .jsonl or .ndjson file, each line is a document: "
                + #"{"prompt": "...", "answer": "..."}, or a conversation, {"messages": [{"role": "user", "content": "#
                + #""..."}, ...]}. Links in folders are followed; names that begin with a dot are skipped."#,
            valueName: "input"))
    var inputs: [String] = []

    @Option(help: "File that lists more inputs, one per line.", transform: expandedPath)
    var files: String?

    @Option(
        help: """
            File name endings to include from folders, such as swift,md (default: all files except .json, compressed \
            and binary ones).
            """)
    var endings: CommaSeparated<String>?

    @Flag(help: "Skip files that are not UTF-8, with a message, instead of failing.")
    var skipInvalid = false

    @Option(parsing: .unconditional, help: "Number of threads (default: one per physical core).")
    var threads: Int?

    func validate() throws {
        if inputs.isEmpty, files == nil { throw ValidationError("expected an <input> or --files, found neither") }
        try checkThreads(threads)
    }

    func corpus() throws -> Corpus {
        var inputs = inputs
        if let files {
            inputs += try Self.lines(TextInput.read(files, atMost: .fileList))
            if inputs.isEmpty {
                throw InputError(name: files, expected: "at least one file, one per line", found: "none")
            }
        }
        let selection = try CorpusFiles(endings: endings?.values ?? []).select(inputs)
        let leftOut = "\(selection.leftOut)"
        if !leftOut.isEmpty { Output.note("note: left out of folders: \(leftOut)") }
        var corpus = try Corpus(files: selection.paths)
        if let files { corpus.inputs.add(files == "-" ? "/dev/stdin" : files, as: "the list of inputs") }
        return corpus
    }

    /// The nonempty lines of a list. A path may contain any other character, even one that Unicode calls a line
    /// separator.
    private static func lines(_ list: String) -> [String] {
        list.split { $0 == "\n" || $0 == "\r\n" }.map { String($0) }
    }

    var invalidText: Corpus.InvalidText { skipInvalid ? .skip : .fail }

    var pool: ThreadPool { ThreadPool(threads: threads ?? min(physicalCoreCount(), ThreadPool.maximumThreadCount)) }
}

extension Output {
    /// Prints a line for each thing that was left out of a corpus or is probably a mistake.
    static func note(_ remarks: CorpusRemarks) {
        for name in remarks.skipped.prefix(10) { note("skipped \(name): not UTF-8") }
        if remarks.skipped.count > 10 { note("skipped \(remarks.skipped.count - 10) more") }
        if remarks.empty > 0 { note("note: left out \(remarks.empty.counted("document")) without text") }
        if remarks.emptyAnswers > 0 {
            note(
                "note: \(remarks.emptyAnswers.counted("pair")) with an empty answer: only end-of-text is learned there")
        }
        if !remarks.ignoredKeys.isEmpty {
            let keys = remarks.ignoredKeys.sorted().map(\.quoted)
            let more = keys.count > 10 ? " and \(keys.count - 10) more" : ""
            note("note: ignored keys of JSON Lines: \(keys.prefix(10).joined(separator: ", "))\(more)")
        }
        for (name, count) in remarks.unreadValues.sorted(by: { $0.key < $1.key }) {
            note("note: \(unreadNote(name)), which \(count.counted("conversation")) \(count == 1 ? "has" : "have")")
        }
        if let token = remarks.spelledOutToken {
            note(
                "note: a special token such as \(token.quoted) is spelled out in "
                    + "\(remarks.spelledOut.counted("document")) and read as ordinary text; if it "
                    + "separates texts, put each text into its own file")
        }
    }
}
