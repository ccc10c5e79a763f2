import ArgumentParser
import LayerSkip

/// Which texts are read, and how.
struct CorpusOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Files and folders of text. Each file is one document, but each line of a .jsonl file is one: "
                + #"{"prompt": "...", "answer": "..."}."#,
            valueName: "input"))
    var inputs: [String] = []

    @Option(help: "A file with more inputs, one a line.")
    var files: String?

    @Option(help: "Which files to take from folders, by the endings of their names: swift,md (default: all).")
    var endings: CommaSeparated<String>?

    @Flag(help: "Leave out files that are not UTF-8, and name them, instead of failing.")
    var skipInvalid = false

    @Option(parsing: .unconditional, help: "How many threads work (default: one per physical core).")
    var threads: Int?

    func validate() throws {
        if inputs.isEmpty, files == nil { throw ValidationError("expected an <input> or --files, found neither") }
        try checkThreads(threads)
    }

    func corpus() throws -> Corpus {
        var inputs = inputs
        if let files { inputs += try Self.lines(TextInput.read(files, atMost: .fileList)) }
        return try Corpus(files: CorpusFiles(endings: endings?.values ?? []).paths(inputs))
    }

    /// The lines of a list, without empty ones. A path may hold any other character, even one that Unicode calls a line
    /// separator.
    private static func lines(_ list: String) -> [String] {
        list.split { $0 == "\n" || $0 == "\r\n" }.map { String($0) }
    }

    var invalidText: Corpus.InvalidText { skipInvalid ? .skip : .fail }

    var pool: ThreadPool { ThreadPool(threads: threads ?? min(physicalCoreCount(), ThreadPool.maximumThreadCount)) }
}

extension Output {
    /// Names what was left out, in a line each; the first few, if there are many.
    static func note(skipped names: [String]) {
        for name in names.prefix(10) { note("skipped \(name): not UTF-8") }
        if names.count > 10 { note("skipped \(names.count - 10) more") }
    }
}
