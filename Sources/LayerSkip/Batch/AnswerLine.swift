package import CheckpointFiles

/// A line of the file that ``BatchGeneration``'s answers are written to: the prompt's record with two more keys.
package struct AnswerLine: Sendable {
    /// The key of what is said about the answer.
    package static let detailsKey = "generation"

    /// The prompt.
    package let record: PromptRecord
    /// The prompt's name in errors, such as `prompts.jsonl, line 3`.
    package let name: String
    /// The key of the answer.
    package let outputKey: String
    /// The number of the answer among those to its prompt; nil if there is only one.
    package let sample: Int?
    /// The seed of the answer; nil if it is not sampled.
    package let seed: UInt64?
    /// A hash of all that determines the answer.
    package let run: String

    /// Creates a line without its answer.
    package init(
        _ record: PromptRecord, name: String, outputKey: String, sample: Int?, seed: UInt64?, run: String
    ) {
        self.record = record
        self.name = name
        self.outputKey = outputKey
        self.sample = sample
        self.seed = seed
        self.run = run
    }

    private struct Details: Encodable {
        let finishReason: String
        let promptTokens: Int
        let tokens: Int
        let sample: Int?
        let seed: UInt64?
        let run: String

        private enum CodingKeys: String, CodingKey {
            case finishReason = "finish_reason"
            case promptTokens = "prompt_tokens"
            case tokens, sample, seed, run
        }
    }

    /// The line with an answer, without a line end.
    package func bytes(_ result: GenerationResult) -> [UInt8] {
        let details = Details(
            finishReason: result.finishReason.name, promptTokens: result.promptTokens.count,
            tokens: result.tokens.count, sample: sample, seed: seed, run: run)
        return beginning + JSONText.encode(result.text, onOneLine: true) + Array(", \"\(Self.detailsKey)\": ".utf8)
            + JSONText.encode(details, onOneLine: true) + [UInt8(ascii: "}")]
    }

    /// The seed of the first answer in an existing file; nil if there is none.
    package static func firstSeed(of path: String) -> UInt64? {
        guard let line = ResumableLines.firstLine(of: path), let members = try? JSONMembers(line, name: path) else {
            return nil
        }
        return members.object(detailsKey)?.value("seed")
    }

    /// All of the line before the answer.
    private var beginning: [UInt8] {
        record.head + Array(", ".utf8) + JSONText.encode(outputKey, onOneLine: true) + Array(": ".utf8)
    }

    /// Throws unless a line of an existing file is this one.
    ///
    /// - Parameter file: the file's path.
    package func check(_ found: ResumableLines.Found, of file: String) throws(FileError) {
        func failure(_ text: String) -> FileError {
            FileError(
                file: file, name: "line \(found.index + 1)", expected: "the answer to \(name), to continue after it",
                found: "\(text); choose another --output, or replace this one with --overwrite")
        }
        let beginning = beginning
        guard found.isComplete else {
            // Cut off anywhere.
            guard beginning.starts(with: found.bytes) || found.bytes.starts(with: beginning) else {
                throw failure("the beginning of another line")
            }
            return
        }
        guard found.bytes.starts(with: beginning), let line = try? JSONMembers(Array(found.bytes), name: file) else {
            throw failure("another line")
        }
        guard let run = try? line.object(Self.detailsKey)?.text("run", name: file), run == self.run else {
            throw failure(
                "one with another model, template, sampling, strategy or limit, or made with other kernels")
        }
    }
}

extension FinishReason {
    /// The name in JSON.
    package var name: String {
        switch self {
        case .endOfText: "end_of_text"
        case .stop: "stop"
        case .maxTokens: "max_tokens"
        case .contextFull: "context_full"
        case .cancelled: "cancelled"
        }
    }
}
