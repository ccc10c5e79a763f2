import CTensorKernels

/// A range of a parameter's elements, counted row after row, with the sum of its gradients.
///
/// Several processes that train one model each own a part of every parameter: they add its gradients and update it.
package struct GradientPart: Sendable {
    /// The range's place in the parameter.
    package let elements: Range<Int>
    /// The sum: as many values as the range.
    package let sum: Tensor

    package init(_ elements: Range<Int>, sum: Tensor) {
        precondition(sum.rows * sum.columns == elements.count, "one value per element")
        self.elements = elements
        self.sum = sum
    }
}

extension Parameter {
    /// The number of elements whose squares are summed together. Parts begin and end at multiples of it, so that the
    /// norm's bits do not depend on the division into parts.
    package static let elementsPerSum = 1 << 14

    /// All of the gradient; nil if there is none.
    package var wholeGradient: GradientPart? { gradient.map { GradientPart(0..<count, sum: $0) } }

    /// Updates the part's values and both moments, which have as many elements, in place.
    package func apply(_ step: AdamWStep, to part: GradientPart, firstMoment: Tensor, secondMoment: Tensor) {
        let count = part.elements.count
        precondition(part.elements.upperBound <= self.count, "a part of this parameter")
        precondition(
            firstMoment.rows * firstMoment.columns == count && secondMoment.rows * secondMoment.columns == count,
            "moments of the part's size")
        compute.pool.run(count: count, grain: 1 << 14) { elements in
            var constants = step.constants
            let first = elements.lowerBound
            compute.kernels.functions.pointee.training.adamw_step(
                &constants, part.sum.pointer + first, elements.count, values.pointer + part.elements.lowerBound + first,
                firstMoment.pointer + first, secondMoment.pointer + first)
        }
    }
}

extension ComputeContext {
    /// The sums of squares in f64 of ``Parameter/elementsPerSum`` values each, in order.
    package func sumsOfSquares(_ x: Tensor) -> [Double] {
        let (count, size) = (x.rows * x.columns, Parameter.elementsPerSum)
        let chunks = (count + size - 1) / size
        let sums = Storage(byteCount: chunks * MemoryLayout<Double>.stride)
        pool.run(count: chunks, grain: 1) { range in
            for chunk in range {
                let first = chunk * size
                sums.elements(Double.self)[chunk] = kernels.functions.pointee.training.sum_of_squares(
                    x.pointer + first, min(size, count - first))
            }
        }
        return Array(UnsafeBufferPointer(start: sums.elements(Double.self), count: chunks))
    }

    /// Adds the elements of a range of one tensor to those of another from an index on, or replaces them.
    package func gather(
        _ source: Tensor, _ range: Range<Int>, into target: Tensor, at index: Int, adding: Bool
    ) {
        precondition(range.upperBound <= source.rows * source.columns, "a range of the source")
        precondition(index + range.count <= target.rows * target.columns, "a range of the target")
        pool.run(count: range.count, grain: 1 << 14) { elements in
            let from = source.pointer + range.lowerBound + elements.lowerBound
            let to = target.pointer + index + elements.lowerBound
            if adding {
                kernels.functions.pointee.add(from, elements.count, to)
            } else {
                to.update(from: from, count: elements.count)
            }
        }
    }
}

extension Storage {
    /// Allocates memory for bytes and copies them.
    package convenience init(_ bytes: [UInt8]) {
        self.init(byteCount: bytes.count)
        bytes.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { address.copyMemory(from: start, byteCount: bytes.count) }
        }
    }

    /// A copy of all bytes.
    package var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: address, count: byteCount)) }
}

extension Parameter {
    /// The sum of the gradient's squares in f64; 0 if there is no gradient. Chunks of a fixed size are added in order,
    /// so the bits do not depend on threads.
    package var gradientSquares: Double { gradient.map { compute.sumsOfSquares($0).reduce(0, +) } ?? 0 }
}
