import ArgumentParser
import LayerSkip

/// Options that select texts and say how to read them.
struct CorpusOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Text files, folders and pipes; - for standard input. Each text file is one document. In a .jsonl, .ndjson "
                + "or .json file, each record is one: a conversation with messages, a prompt with an answer or a "
                + "completion, an instruction with an output, or a text. Files may be compressed (.gz). Links in "
                + "folders are followed; names that begin with a dot are skipped.",
            valueName: "input"))
    var inputs: [String] = []

    @Option(help: "File that lists more inputs, one per line.", transform: expandedPath)
    var files: String?

    @Option(
        help: """
            File name endings to include from folders, such as swift,md (default: all files except .json and binary \
            ones). The same endings with .gz are included, too.
            """)
    var endings: CommaSeparated<String>?

    @Option(
        help: """
            Keys of the records if they are not the usual ones: messages=KEY, prompt=KEY,answer=KEY, \
            instruction=KEY,input=KEY,output=KEY or text=KEY.
            """)
    var keys: String?

    @Option(help: "Text that separates documents in text files, such as '<|endoftext|>' (default: none).")
    var separator: String?

    @Flag(help: "Skip files that are not UTF-8, with a message, instead of failing.")
    var skipInvalid = false

    @Option(parsing: .unconditional, help: "Number of threads (default: one per physical core).")
    var threads: Int?

    func validate() throws {
        if inputs.isEmpty, files == nil { throw ValidationError("expected an <input> or --files, found neither") }
        try checkThreads(threads)
        if let keys, RecordForm(keys: keys) == nil {
            throw ValidationError("--keys: expected \(RecordForm.expected), found \(keys.quoted)")
        }
        if separator == "" { throw ValidationError("--separator: expected some text, found none") }
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
        var corpus = try Corpus(
            files: selection.paths, separator: separator, form: keys.flatMap { RecordForm(keys: $0) })
        if keys != nil, !corpus.hasRecords {
            Output.note("note: --keys: no effect, since no input has records (files named .jsonl, .ndjson or .json do)")
        }
        if separator != nil, !corpus.hasTexts {
            Output.note("note: --separator: no effect, since all inputs have records, which are documents of their own")
        }
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
        if remarks.duplicates > 0 {
            note("note: \(remarks.duplicates.counted("document")) with the text of an earlier one (all are kept)")
        }
        if remarks.withoutAnswer > 0 {
            note("note: left out \(remarks.withoutAnswer.counted("conversation")) without an answer")
        }
        if remarks.dividedConversations > 0 {
            note(
                "note: \(remarks.dividedConversations.counted("conversation")) written as several texts, because the "
                    + "chat template writes earlier answers in another way, for example without their reasoning")
        }
        if remarks.emptyAnswers > 0 {
            note(
                "note: \(remarks.emptyAnswers.counted("document")) with an empty answer: only its end is learned there")
        }
        if !remarks.ignoredKeys.isEmpty {
            let keys = remarks.ignoredKeys.sorted().map(\.quoted)
            let more = keys.count > 10 ? " and \(keys.count - 10) more" : ""
            note("note: ignored keys of records: \(keys.prefix(10).joined(separator: ", "))\(more)")
        }
        for (name, count) in remarks.unreadValues.sorted(by: { $0.key < $1.key }) {
            note("note: \(unreadNote(name)), which \(count.counted("conversation")) \(count == 1 ? "has" : "have")")
        }
        if let loss = remarks.loss {
            note("note: \(loss)" + (remarks.lossy > 1 ? ", and so in \(remarks.lossy) documents" : ""))
        }
        if let token = remarks.spelledOutToken {
            note(
                "note: a special token such as \(token.quoted) is spelled out in "
                    + "\(remarks.spelledOut.counted("document")) and read as ordinary text (if it separates texts, use "
                    + "--separator; if it stands for the token in a text, prompt or answer, use --parse-special)")
        }
    }
}
