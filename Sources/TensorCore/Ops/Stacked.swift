extension ComputeContext {
    /// Concatenates the tensors' rows.
    package func stacked(_ parts: [Tensor]) -> Tensor {
        precondition(!parts.contains(where: \.isRecorded), "of decoding alone: no gradient passes through")
        if parts.count == 1 { return parts[0] }
        let result = Tensor(rows: parts.reduce(0) { $0 + $1.rows }, columns: parts.first?.columns ?? 0, on: self)
        var next = result.pointer
        for part in parts {
            precondition(part.columns == result.columns, "stacked tensors must be equally wide")
            next.update(from: part.pointer, count: part.rows * part.columns)
            next += part.rows * part.columns
        }
        return result
    }
}
