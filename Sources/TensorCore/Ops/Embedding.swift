extension ComputeContext {
    /// Returns rows `ids` of a table [vocabulary, width]: [ids.count, width].
    package func embedding(_ ids: Span<Int32>, _ table: Matrix) -> Tensor {
        switch table {
        case .packed(let table): embedding(ids, table)
        case .half(let table): embedding(ids, table)
        case .unpacked(let table): gather(table, rows: ids)
        }
    }

    private func embedding(_ ids: Span<Int32>, _ table: HalfMatrix) -> Tensor {
        let result = Tensor(rows: ids.count, columns: table.columns, on: self)
        for row in ids.indices {
            let id = ids[row]
            precondition(id >= 0 && id < table.rows, "token \(id) outside the vocabulary of \(table.rows)")
            table.convert(row: Int(id), 0..<table.columns, into: result.pointer + row * table.columns)
        }
        return result
    }

    /// Returns rows of a packed table, dequantized.
    package func embedding(_ ids: Span<Int32>, _ table: PackedMatrix) -> Tensor {
        let result = Tensor(rows: ids.count, columns: table.columns, on: self)
        for row in ids.indices {
            let id = ids[row]
            precondition(id >= 0 && id < table.rows, "token \(id) outside the vocabulary of \(table.rows)")
            table.unpack(row: Int(id), into: result.pointer + row * table.columns)
        }
        return result
    }
}
