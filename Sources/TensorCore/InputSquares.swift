import Synchronization

/// Sums of the squares of matrices' inputs, column by column: how much each column of a matrix matters.
///
/// A ``ComputeContext`` with such an object adds the input rows of every product to it. Sums are in f64 and in the order
/// of rows, so they do not depend on the number of threads or on how the rows were divided into products.
package final class InputSquares: Sendable {
    /// The sums of one matrix.
    package struct Sums: Sendable {
        /// One sum for each column.
        package var sums: [Double]
        /// The number of rows.
        package var count = 0
    }

    private struct State {
        /// Names of matrices, by the identity of their panels.
        var names: [ObjectIdentifier: String] = [:]
        var sums: [String: Sums] = [:]
    }

    private let state = Mutex(State())

    /// Creates sums of no matrix.
    package init() {}

    /// Includes a matrix, which must live as long as products are computed.
    package func include(_ matrix: PackedMatrix, as name: String) {
        state.withLock {
            $0.names[ObjectIdentifier(matrix.storage)] = name
            $0.sums[name] = Sums(sums: Array(repeating: 0, count: matrix.columns))
        }
    }

    /// The sums of all matrices so far, by name.
    package var all: [String: Sums] { state.withLock { $0.sums } }

    /// Adds the rows `x` that have been multiplied by a matrix; nothing if the matrix is not included.
    func add(_ x: Tensor, multipliedBy matrix: PackedMatrix, _ pool: ThreadPool) {
        state.withLock { state in
            guard let name = state.names[ObjectIdentifier(matrix.storage)] else { return }
            state.sums[name]?.add(x, pool)
        }
    }
}

extension InputSquares.Sums {
    fileprivate mutating func add(_ x: Tensor, _ pool: ThreadPool) {
        precondition(x.columns == sums.count, "rows of the matrix's columns")
        count += x.rows
        let source = SendablePointer(x.pointer)
        let (rows, columns) = (x.rows, x.columns)
        sums.withUnsafeMutableBufferPointer { sums in
            guard let start = sums.baseAddress else { return }
            let target = SendablePointer(start)
            pool.run(count: columns, grain: 128) { range in
                let elements = source.address.assumingMemoryBound(to: Float.self)
                let sums = UnsafeMutableRawPointer(mutating: target.address).assumingMemoryBound(to: Double.self)
                for row in 0..<rows {
                    for column in range {
                        let value = Double(elements[row * columns + column])
                        sums[column] += value * value
                    }
                }
            }
        }
    }
}

extension ComputeContext {
    /// Adds the rows of a product to the context's ``InputSquares``, if it has any. Call it after the product.
    @inline(__always)
    func record(_ rows: borrowing PreparedRows, multipliedBy matrix: PackedMatrix) {
        guard let inputSquares else { return }
        inputSquares.add(rows.normed, multipliedBy: matrix, pool)
    }
}
