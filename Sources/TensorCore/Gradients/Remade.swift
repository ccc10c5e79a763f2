/// A tensor that is made again on the way back instead of being remembered: what is cheaper to compute than to keep.
///
/// All who read it share what the first of them makes; it is forgotten with the last, or where one is never reached, with the
/// last closure that might have read it.
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
