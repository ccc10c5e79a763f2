import Synchronization

/// The node of an operation's result in the backward pass: its inputs, and the function that computes their gradients
/// from its own.
///
/// Nodes are numbered in the order of creation, so a node's number is above those of its inputs. In descending order,
/// each node's gradient is therefore complete when the node is visited. Only one thread at a time may record or run the
/// backward pass.
package final class GradientNode: @unchecked Sendable {
    private let number: UInt64
    private let rows: Int
    private let columns: Int
    private let compute: ComputeContext
    /// The nodes of the operation's inputs; empty for a leaf, and after the backward pass.
    private var inputs: [GradientNode] = []
    /// Adds this node's contribution to the inputs' gradients; it owns the gradient that it is given.
    private var pass: ((Tensor) -> Void)?
    private let isLeaf: Bool
    /// Memory for the gradient; its contents are valid only if `hasGradient`.
    private var sum: Tensor?
    private var hasGradient = false
    private var isWaiting = false
    /// The gradients of a batch's groups, if they are separate.
    private var groups: GroupGradients?
    /// Called after each contribution to the gradient.
    private var onGradient: (() -> Void)?

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

    /// Creates a node without inputs, which accumulates a gradient for its creator.
    ///
    /// - Parameter memory: where to accumulate it; by default, memory is allocated when it is needed.
    static func leaf(_ tensor: Tensor, gathering memory: Tensor? = nil, on compute: ComputeContext) -> GradientNode {
        GradientNode(of: tensor, isLeaf: true, memory: memory, on: compute)
    }

    /// Creates the node of an operation's result.
    static func result(
        _ tensor: Tensor, of inputs: [GradientNode], on compute: ComputeContext, pass: @escaping (Tensor) -> Void
    ) -> GradientNode {
        GradientNode(of: tensor, isLeaf: false, inputs: inputs, pass: pass, on: compute)
    }

    /// The gradient accumulated so far; nil if there is none.
    var gradient: Tensor? { hasGradient ? sum : nil }

    /// Discards the gradient but keeps its memory.
    func discardGradient() {
        hasGradient = false
        groups = nil
        onGradient = nil
    }

    /// Calls a function after each contribution to the gradient, until ``discardGradient()``.
    func onGradient(_ body: @escaping () -> Void) { onGradient = body }

    /// Keeps the gradients of the next batch's groups separate, until ``discardGradient()``.
    func separate(_ groups: GroupGradients) { self.groups = groups }

    /// Whether contributions are computed after the backward pass, so that what they read must stay unchanged.
    var isPostponed: Bool {
        if case .later? = groups?.destination { true } else { false }
    }

    /// Which groups of the batch have a gradient; nil if they are not separate.
    var usedGroups: [Bool]? { groups?.used }

    /// The gradient of one of the batch's groups, valid until that of the next is asked for.
    func gradient(ofGroup group: Int) -> Tensor? {
        guard let groups else { return gradient }
        return groups.gradient(of: group) { memory() }
    }

    /// Adds to a weight's gradient, which is a sum over rows.
    ///
    /// - Parameters:
    ///   - mostRowsAtOnce: the most rows of which `body` adds a single sum to each element.
    ///   - body: adds the sum over a range of rows.
    func accumulate(_ rows: RowGroups, mostRowsAtOnce: Int = 0, _ body: @escaping GroupGradients.Contribution) {
        guard groups != nil else {
            for range in rows.ranges where !range.isEmpty { accumulate { body(range, $0, $1) } }
            return
        }
        groups?.accumulate(
            rows, mostRowsAtOnce: mostRowsAtOnce, on: compute,
            memory: { Tensor(rows: self.rows, columns: columns, on: compute) }, body)
    }

    /// Adds a part to the gradient, in place.
    ///
    /// - Parameter body: writes its part to `sum` or, if `isAdding`, adds it to the values there.
    func accumulate(_ body: (_ sum: Tensor, _ isAdding: Bool) -> Void) {
        precondition(groups == nil, "a sum over rows of several groups")
        body(memory(), hasGradient)
        hasGradient = true
        onGradient?()
    }

    /// The memory for the gradient.
    private func memory() -> Tensor {
        let memory = sum ?? Tensor(rows: rows, columns: columns, on: compute)
        sum = memory
        return memory
    }

    /// Adds a part that the caller gives up. If the node has no memory for a gradient yet, the part itself becomes the
    /// gradient.
    func receive(_ part: Tensor) {
        precondition(part.rows == rows && part.columns == columns, "a gradient of the tensor's own shape")
        precondition(groups == nil, "a sum over rows of several groups")
        if sum == nil {
            sum = part
            hasGradient = true
        } else {
            accumulate { compute.accumulate(part, into: $0, adding: $1) }
        }
    }

    /// Runs the backward pass from here to all leaves, freeing the recorded nodes on the way.
    func goBack(from gradient: Tensor) {
        receive(gradient)
        var waiting = isLeaf ? [] : [self]
        // Only a few nodes wait at a time: one for each parallel branch of the graph.
        while let last = waiting.indices.max(by: { waiting[$0].number < waiting[$1].number }) {
            let node = waiting.remove(at: last)
            for input in node.passOn() where !input.isLeaf && !input.isWaiting {
                input.isWaiting = true
                waiting.append(input)
            }
        }
    }

    /// Passes the gradient on to the inputs, releases everything and returns the inputs.
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
