/// How much the elements of a tensor changed when it was converted to another format.
package struct QuantizationError: Sendable, Equatable {
    /// The sum of the squared differences.
    package private(set) var squares = 0.0
    /// The sum of the squared elements.
    package private(set) var ofSquares = 0.0
    /// The same two sums, with each column's importance as its weight.
    package private(set) var weightedSquares = 0.0, ofWeightedSquares = 0.0

    package init() {}

    /// The root of the mean squared difference, divided by that of the mean squared element; 0 for zeros.
    package var relative: Double { Self.root(squares, ofSquares) }

    /// The same, with each column's importance as its weight.
    package var weighted: Double { Self.root(weightedSquares, ofWeightedSquares) }

    private static func root(_ squares: Double, _ total: Double) -> Double {
        squares == 0 ? 0 : (squares / total).squareRoot()
    }

    /// Whether the elements were finite, before and after.
    var isFinite: Bool { squares.isFinite && ofSquares.isFinite }

    /// Adds the elements of a row.
    ///
    /// - Parameter importance: a weight for each column; nil if all are equal.
    mutating func add(_ elements: [Float], _ converted: [Float], importance: [Float]?) {
        var sums = QuantizationError()
        let columns = elements.count
        precondition(converted.count == columns && importance?.count ?? columns == columns, "rows of one length")
        elements.withUnsafeBufferPointer { elements in
            converted.withUnsafeBufferPointer { converted in
                for column in 0..<columns {
                    let element = Double(elements[column])
                    let difference = Double(converted[column]) - element
                    sums.squares += difference * difference
                    sums.ofSquares += element * element
                    guard let importance else { continue }
                    let weight = Double(importance[column])
                    sums.weightedSquares += weight * difference * difference
                    sums.ofWeightedSquares += weight * element * element
                }
            }
        }
        if importance == nil { (sums.weightedSquares, sums.ofWeightedSquares) = (sums.squares, sums.ofSquares) }
        add(sums)
    }

    /// Adds the sums of other rows.
    mutating func add(_ other: QuantizationError) {
        squares += other.squares
        ofSquares += other.ofSquares
        weightedSquares += other.weightedSquares
        ofWeightedSquares += other.ofWeightedSquares
    }
}
