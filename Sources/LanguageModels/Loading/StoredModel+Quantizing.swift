import CheckpointFiles
import TensorCore

extension StoredModel {
    /// Says in one line what a recipe does to the model's matrices when they are loaded.
    ///
    /// - Parameter areMapped: whether they were converted by an earlier start, and are now mapped.
    func note(quantizing recipe: QuantizationRecipe, areMapped: Bool) throws(CheckpointError) -> String {
        let formats = MatrixFormats(self, quantizing: recipe)
        var converted = FormatCounts(areMapped ? "in" : "to")
        var kept = FormatCounts("in")
        var misfits: [String] = []
        for tensor in tensors where tensor.shape.count > 1 {
            let stored = try source.tensor(named: tensor.name, shape: tensor.shape)
            let (planned, dtype) = formats.formats(of: tensor, stored: stored)
            if stored.dtype.isQuantized {
                kept.add(dtype)
                continue
            }
            converted.add(dtype)
            guard planned != dtype else { continue }
            let misfit =
                "rows of \(stored.columns), no multiple of \(planned.elementsPerBlock), are \(dtype.rawValue) instead "
                + "of \(planned.rawValue)"
            if !misfits.contains(misfit) { misfits.append(misfit) }
        }
        var parts: [String] = []
        if !converted.isEmpty {
            parts.append("\(converted.text) \(areMapped ? "as packed by an earlier start" : "while loading")")
        }
        if !kept.isEmpty { parts.append("\(kept.text) as stored, since they are quantized already") }
        return "quantization \(recipe.name): " + (parts + misfits).joined(separator: "; ")
    }
}

/// How many matrices have each format.
private struct FormatCounts {
    /// The word before a format.
    let verb: String
    private var counts: [DType: Int] = [:]

    init(_ verb: String) { self.verb = verb }

    var isEmpty: Bool { counts.isEmpty }

    mutating func add(_ dtype: DType) { counts[dtype, default: 0] += 1 }

    /// Such as `14 matrices to Q4_0 and 2 to Q8_0`.
    var text: String {
        let all = DType.allCases.compactMap { dtype in counts[dtype].map { (count: $0, dtype: dtype) } }
        let texts = all.enumerated().map { index, part in
            "\(part.count)\(index > 0 ? "" : part.count == 1 ? " matrix" : " matrices") \(verb) \(part.dtype.rawValue)"
        }
        let last = texts.last ?? "none"
        return texts.count < 2 ? last : texts.dropLast().joined(separator: ", ") + " and " + last
    }
}
