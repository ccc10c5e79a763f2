extension GGUFMetadata {
    /// The multiple of bytes at which each tensor's data begins: `general.alignment`, or 32 where that is missing.
    ///
    /// The specification wants a multiple of 8; we also want a power of two, as all known writers give, and no absurd
    /// padding.
    ///
    /// - Throws: if it is no power of two in 8...2097152 (a huge page).
    package func alignment() throws(CheckpointError) -> Int {
        let key = "general.alignment"
        let largest = 1 << 21
        guard let alignment = try integerIfPresent(named: key) else { return 32 }
        guard (8...largest).contains(alignment), alignment & (alignment - 1) == 0 else {
            throw failure(key, expected: "a power of two in 8...\(largest)", found: "\(alignment)")
        }
        return alignment
    }
}

extension Int {
    /// How many bytes to add to reach a multiple of a power of two.
    func padding(to alignment: Int) -> Int { -self & (alignment - 1) }
}
