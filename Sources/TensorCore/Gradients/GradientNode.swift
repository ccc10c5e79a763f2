import Synchronization

/// An operation's result in the backward pass: what it was made from, and how its gradient becomes theirs.
///
/// Nodes are numbered as they are made, so a node's number is above those of its inputs: visited from the highest down,
/// each node has all of its gradient when its turn comes. One thread at a time may record and go back.
package final class GradientNode: @unchecked Sendable {
    private let number: UInt64
    private let rows: Int
    private let columns: Int
    private let compute: ComputeContext
    /// The nodes of the operation's inputs; none for a leaf, and once gone back.
    private var inputs: [GradientNode] = []
    /// Adds to the inputs' gradients what this node's gradient, which is then its own, makes of them.
    private var pass: ((Tensor) -> Void)?
    private let isLeaf: Bool
    /// Memory for the gradient; what is in it counts only where one has arrived.
    private var sum: Tensor?
    private var hasGradient = false
    private var isWaiting = false

    private static let count = Atomic<UInt64>(0)

    private init(
        of tensor: Tensor, isLeaf: Bool, memory: Tensor? = nil, inputs: [GradientNode] = [],
        pass: ((Tensor) -> Void)? = nil, on compute: ComputeContext
    ) {
        number = Self.count.add(1, ordering: .relaxed).newValue
        rows = tensor.rows
        columns = tensor.columns
        self.isLeaf = isLeaf
        sum = memory
        self.inputs = inputs
        self.pass = pass
        self.compute = compute
    }

    /// A node without inputs, where a gradient is gathered for whoever made it.
    ///
    /// - Parameter memory: where to gather it; by default some is taken when it is needed.
    static func leaf(_ tensor: Tensor, gathering memory: Tensor? = nil, on compute: ComputeContext) -> GradientNode {
        GradientNode(of: tensor, isLeaf: true, memory: memory, on: compute)
    }

    /// The node of an operation's result.
    static func result(
        _ tensor: Tensor, of inputs: [GradientNode], on compute: ComputeContext, pass: @escaping (Tensor) -> Void
    ) -> GradientNode {
        GradientNode(of: tensor, isLeaf: false, inputs: inputs, pass: pass, on: compute)
    }

    /// What has arrived so far; nil where nothing has.
    var gradient: Tensor? { hasGradient ? sum : nil }

    /// Forgets what has arrived, but keeps the memory.
    func discardGradient() { hasGradient = false }

    /// Adds a part to the gradient, in place.
    ///
    /// - Parameter body: writes its part to the tensor, or adds it to what is there if it is told so.
    func accumulate(_ body: (_ sum: Tensor, _ isAdding: Bool) -> Void) {
        let memory = sum ?? Tensor(rows: rows, columns: columns, on: compute)
        sum = memory
        body(memory, hasGradient)
        hasGradient = true
    }

    /// Adds a part that the caller gives away: it is the gradient itself where there was none and no memory for it.
    func receive(_ part: Tensor) {
        precondition(part.rows == rows && part.columns == columns, "a gradient of the tensor's own shape")
        if sum == nil {
            sum = part
            hasGradient = true
        } else {
            accumulate { compute.accumulate(part, into: $0, adding: $1) }
        }
    }

    /// Goes back from here to all leaves. What was recorded is given back on the way.
    func goBack(from gradient: Tensor) {
        receive(gradient)
        var waiting = isLeaf ? [] : [self]
        // A few at a time: one for each line that runs through the graph side by side.
        while let last = waiting.indices.max(by: { waiting[$0].number < waiting[$1].number }) {
            let node = waiting.remove(at: last)
            for input in node.passOn() where !input.isLeaf && !input.isWaiting {
                input.isWaiting = true
                waiting.append(input)
            }
        }
    }

    /// Passes the gradient on to the inputs, and lets go of everything; returns the inputs.
    private func passOn() -> [GradientNode] {
        guard let pass else { preconditionFailure("a backward pass runs once") }
        let reached = inputs
        if let gradient = self.gradient {
            sum = nil
            pass(gradient)
        }
        self.pass = nil
        inputs = []
        return reached
    }
}
