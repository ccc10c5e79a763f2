import LanguageModels
import TensorCore

// Approximate decoding: a pending token may leave at an exit, and its row waits there. A later token that goes on takes
// all waiting rows with it, in one batch, so that it attends to exact keys and values of every earlier token.

extension Engine {
    /// Rows of a text that wait, after which they run through the remaining layers although no token needs them yet.
    /// Later they would be a pass so long that its memory counts.
    static var mostWaitingRows: Int { 256 }

    /// Lets pending tokens leave that are sure enough at an exit.
    ///
    /// - Parameters:
    ///   - x: the output rows of the layers before, of all texts that pass.
    ///   - output: what the head reads of them.
    mutating func letLeave(_ texts: [TokenStream], _ x: Tensor, _ output: Tensor, at layer: Int) {
        var (start, judged) = (0, 0)
        var last: [Tensor] = []
        for (index, text) in texts.enumerated() {
            start += passing[index]
            guard isJudged(text, index, at: layer) else { continue }
            last.append(output[rows: start - 1..<start])
        }
        guard !last.isEmpty else { return }
        let logits = logits(model.compute.stacked(last))
        start = 0
        for (index, text) in texts.enumerated() {
            let rows = start..<start + passing[index]
            start = rows.upperBound
            guard isJudged(text, index, at: layer) else { continue }
            if text.leaving?.rule.leaves(logits, row: judged, on: model.compute) == true {
                text.leaving?.leave(at: layer, x[rows: rows], logits: logits[rows: judged..<judged + 1])
            }
            judged += 1
        }
    }

    /// Whether a text's pending token may leave at a layer.
    private func isJudged(_ text: TokenStream, _ index: Int, at layer: Int) -> Bool {
        guard passing[index] > 0, layer < text.layerCount, let leaving = text.leaving else { return false }
        return leaving.departure == nil && leaving.rule.exitLayers.contains(layer)
    }

    /// Runs all waiting rows of a text through its remaining layers if there are more than `limit`.
    mutating func catchUp(_ text: TokenStream, ifMoreThan limit: Int) {
        guard let groups = text.leaving?.waiting.groups, let count = text.leaving?.waiting.count, count > limit else {
            return
        }
        text.leaving?.waiting.removeAll()
        // Those of the deepest exit are of the first positions.
        for group in groups.reversed() where group.count > 0 {
            _ = model.pass(group.exitLayer..<text.layerCount, model.compute.stacked(group.rows), &text.cache)
        }
    }
}
