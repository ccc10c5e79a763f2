import CTensorKernels

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A packed matrix and some tokens' activations, to multiply again and again.
final class ProductSample {
    /// Bytes of the weights.
    let byteCount: Int
    /// Multiplications and additions of one product.
    let multiplyAdds: Int
    private let format: ctk_format_kernels
    private let panels: Int
    private let tokens: Int
    private let weights: UnsafeMutableRawPointer
    private let prepared: UnsafeMutableRawPointer
    private let result: UnsafeMutablePointer<Float>

    private static let columns = 2048

    /// About `byteCount` bytes of weights in a format, and `tokens` rows of activations.
    init(_ format: ctk_format_kernels, _ kind: Int32, byteCount: Int, tokens: Int) {
        self.format = format
        self.tokens = tokens
        let columns = Self.columns
        let panelBytes = format.panel_bytes(columns)
        panels = max(1, byteCount / panelBytes)
        self.byteCount = panels * panelBytes
        multiplyAdds = panels * format.panel_rows * columns * tokens
        weights = allocate(self.byteCount)
        prepared = allocate(format.prepared_bytes(columns, tokens))
        result = allocate(panels * format.panel_rows * tokens * 4).assumingMemoryBound(to: Float.self)

        let numbers = (0..<max(tokens, format.panel_rows) * columns).map { Float(($0 * 7919) % 2001 - 1000) / 1000 }
        format.prepare(numbers, columns, tokens, 0, tokens, prepared)
        // All panels alike: what they hold does not matter to their product's speed.
        let rowBytes = ctk_file_row_bytes(kind, columns)
        var file = [UInt8](repeating: 0, count: format.panel_rows * rowBytes)
        file.withUnsafeMutableBytes { file in
            for row in 0..<format.panel_rows {
                numbers.withUnsafeBufferPointer { numbers in
                    ctk_quantize_row(
                        kind, numbers.baseAddress! + row * columns, columns, file.baseAddress! + row * rowBytes)
                }
            }
        }
        for panel in 0..<panels { format.pack(file, format.panel_rows, columns, weights + panel * panelBytes) }
    }

    deinit {
        free(weights)
        free(prepared)
        free(result)
    }

    /// All tokens times all weights, on this core.
    func multiply() {
        let rows = panels * format.panel_rows
        format.product(weights, 0, panels, rows, Self.columns, prepared, tokens, result, rows)
    }
}

/// Memory in pages of 2 MiB where there are any, as the library's own.
private func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let page = 2 << 20
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, page, (byteCount + page - 1) / page * page) == 0, let memory else {
        fatalError("out of memory: \(byteCount) bytes")
    }
    #if os(Linux)
        madvise(memory, byteCount, MADV_HUGEPAGE)
    #endif
    return memory
}
