import ArgumentParser
import LayerSkip
import TensorCore

@main
struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Scripts/soak",
        abstract: "Compare self-speculative with plain decoding on many random models.",
        discussion: """
            Each case makes a model with random shape, weight formats and RoPE, chooses a kernel table and numbers of \
            threads, and drives speculative generators through prompts, rounds, cancellations and truncations. Tokens \
            and all logits must be bit-identical to plain decoding. Rejection sampling is checked against one pass \
            over the finished text. Kernel tables are compared with each other. The remaining tokens are compared on \
            the default model and on SmolLM2.

            Exit codes: 0 if nothing differs; 1 at the first difference, with the command that repeats it.
            """)

    @Argument(help: "Number of tokens to compare.")
    var tokens = 200_000

    @Option(help: ArgumentHelp("Number of them on the default model (default: 1 in 100).", valueName: "tokens"))
    var defaultModel: Int?

    @Option(help: ArgumentHelp("Number of them on SmolLM2 (default: 1 in 100).", valueName: "tokens"))
    var smollm2: Int?

    @Option(help: ArgumentHelp("SmolLM2's GGUF file; without it SmolLM2 is left out.", valueName: "path"))
    var smollm2Path: String?

    @Option(help: "Seed of all random choices (default: a new one).")
    var seed: UInt64?

    @Option(name: .customLong("case"), help: ArgumentHelp("Run one case only, such as random-17.", valueName: "name"))
    var onlyCase: CaseName?

    @Option(
        name: .customLong("break"),
        help: ArgumentHelp("With --case: insert a fault (weight, logit) that must be found.", valueName: "fault"))
    var breakage: Breakage?

    @Option(help: "Number of cases to run at the same time (default: the number of physical cores).")
    var jobs: Int?

    @Option(help: ArgumentHelp("File that lists the running cases, for reproducing crashes.", visibility: .hidden))
    var running: String?

    func validate() throws {
        guard tokens >= 1, (jobs ?? 1) >= 1, (smollm2 ?? 0) >= 0, (defaultModel ?? 0) >= 0 else {
            throw ValidationError("expected positive numbers of tokens and jobs")
        }
    }

    func run() throws {
        let seed = seed ?? UInt64.random(in: 0..<1_000_000)
        do {
            if let onlyCase { try runCase(onlyCase, seed) } else { try runAll(seed) }
        } catch let failure as SoakCase.Failure {
            report(failure, seed)
            throw ExitCode.failure
        }
    }

    private func runCase(_ name: CaseName, _ seed: UInt64) throws {
        let path = name.subject == .smollm2 ? smollm2Path : nil
        if name.subject == .smollm2, path == nil { throw ValidationError("expected --smollm2-path for \(name)") }
        let tally = try SoakCase(name: name, seed: seed, path: path, breakage: breakage).run(on: Machine())
        show("\(name) of seed \(seed): \(tally.tokens) tokens compared, differences 0")
    }

    private func runAll(_ seed: UInt64) throws {
        show("seed \(seed), tables \(KernelTable.available.map(\.name).joined(separator: ", "))")
        for (breakage, found) in SelfCheck.run(seed: seed) {
            guard let found else {
                note("self-check: expected a changed \(breakage.rawValue) to be found, but no case found it")
                throw ExitCode.failure
            }
            show("self-check: a changed \(breakage.rawValue) is found by \(found)")
        }
        let onDefault = min(tokens, defaultModel ?? tokens / 100)
        let onSmolLM2 = smollm2Path == nil ? 0 : min(tokens - onDefault, smollm2 ?? tokens / 100)
        let jobs = jobs ?? physicalCoreCount()
        let log = running.flatMap { RunningCases(path: $0) }
        let parts: [(Subject, Int, Int)] = [
            (.random, tokens - onDefault - onSmolLM2, jobs), (.defaultModel, onDefault, 1), (.smollm2, onSmolLM2, 1),
        ]
        var total = Tally()
        let stopwatch = Stopwatch()
        for (subject, tokens, jobs) in parts where tokens > 0 {
            let soak = Soak(
                subject, path: subject == .smollm2 ? smollm2Path : nil, seed: seed, tokens: tokens, jobs: jobs,
                log: log)
            var progress = SoakProgress(subject, of: tokens)
            let tally = try soak.run { progress.show($0) }
            show(progress.summary(tally))
            total.add(tally)
        }
        show(total.lines.joined(separator: "\n"))
        let rate = Int(Double(total.tokens) / stopwatch.seconds)
        show(
            "\(total.tokens) tokens compared in \(total.cases) cases, \(total.tableComparisons) prompts on all tables, "
                + "\(rate) tokens/s, differences 0")
    }

    private func report(_ failure: SoakCase.Failure, _ seed: UInt64) {
        let difference = failure.difference
        note("difference in \(failure.name) of seed \(seed)")
        for line in failure.lines { note("  \(line)") }
        for step in difference.steps { note("    \(step)") }
        note("  \(difference.what)\n    expected \(difference.expected)\n    found    \(difference.found)")
        note("repeat: Scripts/soak --seed \(seed) --case \(failure.name)")
    }
}
