extension Filters {
    /// A number of bytes for people, such as "1.2 MB".
    @Sendable static func fileSize(_ value: Value, _ given: [Value?], _ rendering: Rendering)
        throws(TemplateError) -> Value
    {
        guard case .number(let bytes) = try number(value, [.text("")], rendering), bytes > -.infinity || bytes.isNaN
        else { throw rendering.failure(expected: "a number of bytes", found: value.typeName) }
        try rendering.count(steps: ExactDecimal.steps(bytes))
        let isBinary = given[0]?.isTrue ?? false
        let base: Double = isBinary ? 1024 : 1000
        if bytes == 1 { return .text("1 Byte") }
        if bytes < base {
            let whole = bytes.rounded(.towardZero)
            let digits = NumberFormat.digits(whole.magnitude, type: "f", precision: 0, isAlternate: false)
            return .text((whole < 0 ? "-" : "") + digits + " Bytes")
        }
        let units =
            isBinary
            ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
            : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
        // Those that are not exact are the nearest to the exact ones.
        let sizes: [Double] =
            isBinary
            ? (2...9).map { Double(sign: .plus, exponent: 10 * $0, significand: 1) }
            : [1e6, 1e9, 1e12, 1e15, 1e18, 1e21, 1e24, 1e27]
        let place = sizes.firstIndex { bytes < $0 } ?? sizes.count - 1
        let digits = NumberFormat.digits(base * bytes / sizes[place], type: "f", precision: 1, isAlternate: false)
        return .text("\(digits) \(units[place])")
    }
}
