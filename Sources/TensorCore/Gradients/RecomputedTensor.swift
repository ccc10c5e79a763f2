/// A tensor that the backward pass recomputes because that is cheaper than keeping it.
///
/// Recomputed on first use, shared by all readers, freed after the last, or with the last closure that might have read
/// it.
final class RecomputedTensor {
    private let make: () -> Tensor
    private var readers = 0
    private var made: Tensor?

    /// - Parameter make: returns the same values each time and records nothing.
    init(_ make: @escaping () -> Tensor) { self.make = make }

    /// Announces one more call of ``read()``.
    func expectReader() { readers += 1 }

    /// Returns the tensor to one of the announced readers.
    func read() -> Tensor {
        precondition(readers > 0, "a reader who was expected")
        readers -= 1
        let tensor = made ?? make()
        made = readers > 0 ? tensor : nil
        return tensor
    }
}
