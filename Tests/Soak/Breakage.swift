import ArgumentParser
import LayerSkip
import TestSupport

/// A deliberate fault in speculation, to show that the soak test can fail.
enum Breakage: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// One bit of the weights differs from those of plain decoding.
    case weight
    /// One logit is off by the smallest amount wherever several rows are computed together.
    case logit
}

/// A model whose rows depend on each other: with several rows, the first logit is one step too large.
struct NudgedModel: WrappedModel {
    let model: LoadedModel

    func logits(_ x: Tensor) -> Tensor {
        let logits = model.logits(x)
        guard logits.rows > 1 else { return logits }
        var values = logits.values
        values[0] = values[0].nextUp
        return Tensor(values, rows: logits.rows, columns: logits.columns)
    }
}
