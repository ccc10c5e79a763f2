/// Bounds on the work and memory that a template may use, because templates come from files of strangers.
package struct TemplateLimits: Sendable {
    /// Evaluated operations; long texts and lists count as several.
    package var steps = 5_000_000
    /// Nested evaluations, macros that call macros included. This bounds the use of the stack.
    package var depth = 200
    /// Bytes of one text, the output included.
    package var textBytes = 64 << 20
    /// Elements of one list.
    package var elements = 1_000_000
    /// Lists and dictionaries within each other.
    package var valueDepth = 64

    /// Creates limits; those not given are the standard ones.
    package init(steps: Int? = nil, depth: Int? = nil, textBytes: Int? = nil, elements: Int? = nil) {
        self.steps = steps ?? self.steps
        self.depth = depth ?? self.depth
        self.textBytes = textBytes ?? self.textBytes
        self.elements = elements ?? self.elements
    }

    /// Limits that no published template comes near.
    package static let standard = TemplateLimits()

    /// Bytes of a template.
    static let sourceBytes = 1 << 20
    /// Nested statements and expressions of a template.
    static let parsingDepth = 40
    /// Elements of a `range`, as in Jinja's sandbox.
    static let rangeElements = 100_000
}
