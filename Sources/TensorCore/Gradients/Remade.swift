/// A tensor that the backward pass recomputes instead of keeping it: cheaper to compute than to keep.
///
/// Recomputed on first use, shared by all readers, freed after the last, or with the last closure that might have read
/// it.
final class Remade {
    private let make: () -> Tensor
    private var readers = 0
    private var made: Tensor?

    /// - Parameter make: makes the same each time, and records nothing.
    init(_ make: @escaping () -> Tensor) { self.make = make }

    /// Says that the tensor will be read once more.
    func expectReader() { readers += 1 }

    /// The tensor, for one of those who were expected.
    func read() -> Tensor {
        precondition(readers > 0, "a reader who was expected")
        readers -= 1
        let tensor = made ?? make()
        made = readers > 0 ? tensor : nil
        return tensor
    }
}
