/// How the attention of a layer depends on positions: the rotation of queries and keys, and a sliding window.
package struct PositionRule: Sendable {
    /// The rotation of queries and keys.
    package let rotary: RotaryEmbedding
    /// The last positions that each token attends to, its own included; nil for all (Beltagy et al., "Longformer",
    /// arXiv 2004.05150, section 3.1).
    package let window: Int?

    /// Creates a rule; by default each token attends to all positions up to its own.
    package init(_ rotary: RotaryEmbedding, window: Int? = nil) {
        precondition((window ?? 1) >= 1, "a token attends to itself")
        self.rotary = rotary
        self.window = window
    }
}
