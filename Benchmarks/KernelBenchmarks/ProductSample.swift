import CTensorKernels

/// A packed matrix and the activations of some tokens, for repeated multiplication.
final class ProductSample {
    /// The size of the weights in bytes.
    let byteCount: Int
    /// The number of multiply-adds in one product.
    let multiplyAdds: Int
    private let format: ctk_format_kernels
    private let panels: Int
    private let tokens: Int
    private let weights: Memory
    private let prepared: Memory
    private let result: Memory

    private static let columns = 2048

    /// Prepares about `byteCount` bytes of weights in a format, and `tokens` rows of activations.
    init(_ format: ctk_format_kernels, _ kind: Int32, byteCount: Int, tokens: Int) {
        self.format = format
        self.tokens = tokens
        let columns = Self.columns
        let panelBytes = format.panel_bytes(columns)
        panels = max(1, byteCount / panelBytes)
        self.byteCount = panels * panelBytes
        multiplyAdds = panels * format.panel_rows * columns * tokens
        weights = Memory(byteCount: self.byteCount)
        prepared = Memory(byteCount: format.prepared_bytes(columns, tokens))
        result = Memory(floats: panels * format.panel_rows * tokens)

        let numbers = (0..<max(tokens, format.panel_rows) * columns).map { Float(($0 * 7919) % 2001 - 1000) / 1000 }
        let all = ctk_activation_part(first_token: 0, last_token: tokens, first_column: 0, last_column: columns)
        format.prepare(numbers, columns, tokens, all, prepared.address)
        // All panels are equal, and zero if the format cannot be written. Values do not affect a product's speed.
        let rowBytes = ctk_file_row_bytes(kind, columns)
        var file = [UInt8](repeating: 0, count: format.panel_rows * rowBytes)
        file.withUnsafeMutableBytes { file in
            for row in 0..<format.panel_rows where ctk_format(kind).pointee.quantize != nil {
                numbers.withUnsafeBufferPointer { numbers in
                    ctk_quantize_row(
                        kind, numbers.baseAddress! + row * columns, nil, columns, file.baseAddress! + row * rowBytes)
                }
            }
        }
        for panel in 0..<panels { format.pack(file, format.panel_rows, columns, weights.address + panel * panelBytes) }
    }

    /// Multiplies all tokens by all weights, on this core.
    func multiply() {
        let rows = panels * format.panel_rows
        format.product(
            weights.address, 0, panels, rows, Self.columns, prepared.address, tokens, result.floats, rows)
    }
}
