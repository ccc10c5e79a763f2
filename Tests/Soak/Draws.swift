import TestSupport

// The random choices of a case, which depend only on the soak's seed and the case's name.
extension SeededGenerator {
    /// The random stream of one case.
    init(seed: UInt64, _ name: CaseName) {
        self.init(seed: seed)
        // Mixed twice, so that neither neighbouring seeds nor neighbouring cases share a stream.
        var mixer = SeededGenerator(seed: next() ^ UInt64(name.number) << 8 ^ UInt64(name.subject.index))
        self.init(seed: mixer.next())
    }
}
