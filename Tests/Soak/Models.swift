import CheckpointFiles
import LayerSkip
import LayerSkipDefaultModel
import TestSupport

/// A case's model, loaded twice: for plain decoding, and for speculation with another number of threads.
struct Models {
    let plain: LoadedModel
    let fast: LoadedModel
    /// What may draft for `fast`: for a random model, one with nearly the same weights, and some tokens.
    let parts: DraftParts<LoadedModel>
    /// The same models with their tokenizer, if they have one.
    let text: (plain: TextModel, fast: TextModel)?
    /// The file of a random model.
    let file: GGUFFile?
    let hasBF16: Bool
    /// The labels under which the summary counts them.
    let tableName: String
    let formatName: String
    let threadCount: Int
    /// One line with the properties needed to reproduce the case.
    let summary: String

    init(
        _ subject: Subject, path: String?, _ machine: Machine, _ breakage: Breakage?, _ random: inout SeededGenerator
    ) throws {
        let table = Machine.table(isLarge: subject.isLarge, random.int(0...10_000))
        let cores = physicalCoreCount()
        let plainThreads = subject.isLarge ? cores : random.element([1, 1, 1, 1, 1, 1, 1, 2, 3, 4])
        let fastThreads =
            subject.isLarge
            ? random.element([1, cores, cores, cores, cores + 1])
            : random.element([1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4])
        tableName = table.name
        threadCount = fastThreads
        let threads = "table \(table.name), \(plainThreads) and \(fastThreads) threads"
        let onPlain = machine.context(table, threads: plainThreads)
        let onFast = machine.context(table, threads: fastThreads)
        guard case .random = subject else {
            let checkpoint = try path.map { try Checkpoint(path: $0) } ?? .defaultModel()
            let plainText = try TextModel(checkpoint, on: onPlain)
            let fastText = plainThreads == fastThreads ? plainText : try TextModel(checkpoint, on: onFast)
            text = (plainText, fastText)
            (plain, fast) = (plainText.model, fastText.model)
            parts = DraftParts(vocabulary: fast.draftVocabulary(random.vocabulary(of: fast)))
            (file, hasBF16) = (nil, false)
            formatName = subject.rawValue
            summary = "\(checkpoint.path); \(threads)"
            return
        }

        let tiny = TinyLlamaFile(&random)
        let bytes = try tiny.bytes()
        let folder = TemporaryFolder()
        let plainPath = folder.write(bytes, as: "plain.gguf")
        var fastPath = plainPath
        if breakage == .weight {
            // Flips a low bit of the last gain, or of a weight in the head.
            var changed = bytes
            changed[changed.count - 3] ^= 1
            fastPath = folder.write(changed, as: "fast.gguf")
        }
        let file = try GGUFFile(path: plainPath)
        self.file = file
        if tiny.vocabularySize >= TinyTokenizer.minimumSize {
            let texts = (try TextModel(path: plainPath, on: onPlain), try TextModel(path: fastPath, on: onFast))
            text = texts
            (plain, fast) = (texts.0.model, texts.1.model)
        } else {
            text = nil
            plain = try LoadedModel(file, on: onPlain)
            fast = try LoadedModel(GGUFFile(path: fastPath), on: onFast)
        }
        var other = tiny
        other.blockSize *= random.element([0.5, 0.9, 0.99])
        parts = DraftParts(
            lowBit: try LoadedModel(
                GGUFFile(path: folder.write(other.bytes(), as: "other.gguf")), on: onFast),
            vocabulary: fast.draftVocabulary(random.vocabulary(of: fast)))
        hasBF16 = tiny.matrixTypes.contains(.bf16)
        formatName = tiny.formatName
        summary = "\(tiny.summary); \(threads)"
        // The mappings survive the removal of the folder.
        withExtendedLifetime(folder) {}
    }
}
