extension Parameter {
    /// A copy of the values.
    package func copiedValues() -> Tensor {
        let copy = Tensor(rows: rows, columns: columns, on: compute)
        compute.gather(values, 0..<count, into: copy, at: 0, adding: false)
        return copy
    }

    /// Sets the values to others, plus a multiple of a direction, if there is one.
    package func set(_ others: Tensor, plus factor: Float = 0, times direction: Tensor? = nil) {
        compute.gather(others, 0..<count, into: values, at: 0, adding: false)
        guard let direction else { return }
        precondition(direction.rows == rows && direction.columns == columns, "a direction of the parameter's shape")
        compute.pool.run(count: count, grain: 1 << 14) { elements in
            for element in elements { values.pointer[element] += factor * direction.pointer[element] }
        }
    }
}
