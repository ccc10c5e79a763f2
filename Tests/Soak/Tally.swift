import TensorCore

/// Counts of what has been compared.
struct Tally: Sendable {
    var cases = 0
    var tableComparisons = 0
    private(set) var tokens = 0
    /// The number of tokens by group and label.
    private var counts: [Group: [String: Int]] = [:]

    /// The groups of the summary.
    private enum Group: String, CaseIterable { case trial, table, weights, cache, sampler, threads }

    /// Adds tokens of a trial.
    mutating func add(_ count: Int, _ models: Models, _ setting: Setting, trial: String) {
        tokens += count
        let labels: [(Group, String)] = [
            (.trial, trial), (.table, models.tableName), (.weights, models.formatName),
            (.cache, setting.cacheFormat.rawValue), (.sampler, setting.samplerName),
            (.threads, "\(models.threadCount)"),
        ]
        for (group, label) in labels { counts[group, default: [:]][label, default: 0] += count }
    }

    mutating func add(_ other: Tally) {
        cases += other.cases
        tableComparisons += other.tableComparisons
        tokens += other.tokens
        for (group, labels) in other.counts {
            for (label, count) in labels { counts[group, default: [:]][label, default: 0] += count }
        }
    }

    /// A table of tokens by group and label.
    var lines: [String] {
        Group.allCases.flatMap { group in
            (counts[group] ?? [:]).sorted { $0.key < $1.key }.map { label, count in
                "  " + pad(group.rawValue, 9) + pad(label, 20) + padLeft("\(count)", 12)
            }
        }
    }
}

private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}

private func padLeft(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
}
