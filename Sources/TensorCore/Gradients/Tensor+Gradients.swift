extension Tensor {
    /// Whether operations on it are recorded.
    package var isRecorded: Bool { node != nil }

    /// The same values, sharing storage, as a tensor that nothing is recorded of.
    package func detached() -> Tensor {
        var tensor = self
        tensor.node = nil
        return tensor
    }

    /// This result of an operation, with how its gradient becomes that of the inputs that are recorded.
    ///
    /// Operations ask ``isRecorded`` first: where nothing is, not even the closure should be made.
    ///
    /// - Parameter pass: adds to the gradients of the inputs' nodes; the tensor it is given is its own to change or to
    ///   give away. It holds on to no more of the inputs than it reads.
    func recorded(
        from inputs: [Tensor?], on compute: ComputeContext, pass: @escaping (_ gradient: Tensor) -> Void
    ) -> Tensor {
        var tensor = self
        tensor.node = .result(self, of: inputs.compactMap { $0?.node }, on: compute, pass: pass)
        return tensor
    }

    /// Goes back from a loss ([1, 1]): adds to the gradient of each parameter that it was made from.
    ///
    /// What was recorded is given back on the way, so this can be done once. A plain tensor has no way back.
    package func backward() {
        precondition(rows == 1 && columns == 1, "a loss is one number")
        backward(from: Tensor([1], rows: 1, columns: 1))
    }

    /// Goes back from a tensor whose gradient, of its own shape and given away by the caller, is known.
    package func backward(from gradient: Tensor) { node?.goBack(from: gradient) }
}

extension ComputeContext {
    /// A tensor of the same values at which a gradient is gathered, whatever it was made from.
    package func leaf(_ x: Tensor, gathering memory: Tensor? = nil) -> Tensor {
        var tensor = x
        tensor.node = .leaf(x, gathering: memory, on: self)
        return tensor
    }
}
