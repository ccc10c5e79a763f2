extension Tensor {
    /// The same values in shared storage, without a gradient node.
    package func detached() -> Tensor {
        var tensor = self
        tensor.node = nil
        return tensor
    }

    /// Returns this result of an operation with a node that passes its gradient on to the recorded inputs.
    ///
    /// Operations check ``isRecorded`` of their inputs first, to avoid creating the closure if none is recorded.
    ///
    /// - Parameter pass: adds to the gradients of the inputs' nodes. It owns the tensor that it is given, and may
    ///   change it or pass it on. It should capture no more of the inputs than it reads.
    func recorded(
        from inputs: [Tensor?], on compute: ComputeContext, pass: @escaping (_ gradient: Tensor) -> Void
    ) -> Tensor {
        var tensor = self
        tensor.node = .result(self, of: inputs.compactMap { $0?.node }, on: compute, pass: pass)
        return tensor
    }

    /// Runs the backward pass from the sum of losses ([n, 1]): adds to the gradient of each parameter that they depend
    /// on.
    ///
    /// Recorded nodes are freed on the way, so this can be called only once. It does nothing for a plain tensor.
    package func backward() {
        precondition(columns == 1, "a loss is one number")
        backward(from: Tensor(Array(repeating: 1, count: rows), rows: rows, columns: 1))
    }

    /// Runs the backward pass from a tensor with a given gradient of the same shape, which the caller gives up.
    package func backward(from gradient: Tensor) { node?.goBack(from: gradient) }
}

extension ComputeContext {
    /// Returns x as the result of an operation. Its gradient reaches x after those of the operations that are recorded
    /// next, as if what reads it had been recorded now, so the order of the sum does not depend on when that is.
    package func branch(_ x: Tensor) -> Tensor {
        guard let input = x.node else { return x }
        return x.detached().recorded(from: [x], on: self) { input.receive($0) }
    }

    /// Returns a tensor of the same values that accumulates a gradient and passes none on.
    package func leaf(_ x: Tensor, gathering memory: Tensor? = nil) -> Tensor {
        var tensor = x
        tensor.node = .leaf(x, gathering: memory, on: self)
        return tensor
    }
}
