import CheckpointFiles
import LayerSkip
import TestSupport

/// A test that all kernel tables compute the same logits: vector tables to the bit, the scalar one to a tolerance.
struct TableTrial {
    let file: GGUFFile
    let machine: Machine
    /// Whether some weights are BF16, for which `avx512bf16` and later tables have different bits.
    let hasBF16: Bool
    let setting: Setting

    /// Runs a prompt on each table.
    func run(_ prompt: [Token]) throws {
        let tables = KernelTable.available.map { table in (name: table.name, table: table) }
        var logits: [(name: String, rows: [Float])] = []
        for (name, table) in tables {
            let model = try LoadedModel(file, on: machine.context(table, threads: 1))
            var cache = KVCache(for: model, format: setting.cacheFormat)
            let hidden = model.run(0..<model.layerCount, model.embed(prompt), &cache)
            logits.append((name, model.logits(hidden).values))
        }
        guard let scalar = logits.first, let vector = logits.dropFirst().first else { return }
        for (name, rows) in logits.dropFirst() {
            if !hasBF16 {
                let isEqual = zip(rows, vector.rows).allSatisfy { $0.bitPattern == $1.bitPattern }
                try Difference.require(
                    isEqual, "logits of table \(name)", expected: "the bits of table \(vector.name)", found: "others")
            }
            let error = Self.relativeError(rows, scalar.rows)
            try Difference.require(
                error < Self.tolerance, "logits of table \(name)",
                expected: "those of table scalar within \(Self.tolerance) of their norm", found: "\(error)")
        }
    }

    /// The tolerance. Quantized activations and 16-bit caches sometimes round differently, which layers amplify; a
    /// wrong product is off by about 1.
    private static let tolerance = 0.1

    private static func relativeError(_ found: [Float], _ expected: [Float]) -> Double {
        var difference = 0.0
        var norm = 0.0
        for (found, expected) in zip(found, expected) {
            difference += Double(found - expected) * Double(found - expected)
            norm += Double(expected) * Double(expected)
        }
        // NaN must count as an error.
        return norm > 0 || difference > 0 || difference.isNaN ? (difference / norm).squareRoot() : 0
    }
}
