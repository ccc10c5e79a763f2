import LayerSkip

extension Tuning {
    /// A line for each exit layer and draft length. The columns have the names that they have in the results of the
    /// LayerSkip authors' `sweep.py`, as far as they apply; times are predicted, and in seconds. The total time is the
    /// mean of a text's.
    var csv: String {
        let lines = cells.map { cell in
            let perToken = cell.seconds / Double(max(1, tokenCount))
            let numbers = [
                cell.acceptanceRate, cell.seconds / Double(max(1, textCount)), perToken, 1 / perToken, cell.speedup,
            ]
            return ([cell.exitLayer ?? 0, cell.draftLength].map { "\($0)" } + numbers.map { "\($0)" })
                .joined(separator: ",")
        }
        return ([Self.columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
    }

    private static let columns = [
        "exit_layer", "num_speculations", "acceptance_rate", "total_time", "time_per_token", "tokens_per_second",
        "predicted_speedup",
    ]
}

extension Tuning.Cell {
    /// The share of drafted tokens that are accepted; 0 if none are drafted.
    var acceptanceRate: Double { drafted > 0 ? Double(accepted) / Double(drafted) : 0 }
}
