extension GGUFMetadata {
    /// The alignment of each tensor's data in bytes: `general.alignment`, or 32 if that is missing.
    ///
    /// The specification requires a multiple of 8. This also requires a power of two, which all known writers use, and
    /// limits the padding.
    ///
    /// - Throws: if it is not a power of two in 8...2097152 (a huge page).
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
    /// The number of bytes to add to reach a multiple of `alignment`, a power of two.
    package func padding(to alignment: Int) -> Int { -self & (alignment - 1) }
}
