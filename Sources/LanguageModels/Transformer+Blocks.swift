import TensorCore

extension BlockWeights.Attention {
    /// x + output(attention(norm(x))), where the summand may be normalized and scaled.
    func callAsFunction(
        _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
    ) -> Tensor {
        var (queries, keys, values) = compute.linears(x, norm: norm, query, key, value)
        if let queryNorm { queries = compute.headNorms(queries, queryNorm) }
        if let keyNorm { keys = compute.headNorms(keys, keyNorm) }
        queries = compute.scaled(queries, by: queryScale)
        let mixed = memory.attend(layer: layer, queries: queries, keys: keys, values: values, rule: rule)
        guard residual.changes else { return compute.linear(mixed, output, addingTo: x) }
        return residual.add(compute.linear(mixed, output, addingTo: nil), to: x, compute)
    }

    /// Computes and stores only keys and values.
    func storeKeysAndValues(
        _ x: Tensor, layer: Int, _ memory: inout some AttentionMemory & ~Copyable, _ compute: ComputeContext
    ) {
        var (keys, values) = compute.linears(x, norm: norm, key, value)
        if let keyNorm { keys = compute.headNorms(keys, keyNorm) }
        memory.append(layer: layer, keys: keys, values: values, rule: rule)
    }
}

extension BlockWeights.MLP {
    /// x + down(activation(gate(norm(x))) * up(norm(x))), where the summand may be normalized and scaled.
    func callAsFunction(_ x: Tensor, _ compute: ComputeContext) -> Tensor {
        let result = compute.gatedFeedForward(
            x, norm: norm, gate: gate, up: up, down: down, activation: activation, addsInput: !residual.changes)
        return residual.changes ? residual.add(result, to: x, compute) : result
    }
}

extension BlockWeights.Residual {
    /// x + scale * norm(summand)
    fileprivate func add(_ summand: Tensor, to x: Tensor, _ compute: ComputeContext) -> Tensor {
        compute.add(x, compute.scaled(norm.map { compute.rmsNorm(summand, $0) } ?? summand, by: scale))
    }
}
