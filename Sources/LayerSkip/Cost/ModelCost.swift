/// What a model's passes cost on this machine, with random token ids, as medians of repetitions taken in turn.
public struct ModelCost: Sendable {
    /// What can be measured.
    public enum Part: String, Sendable, CaseIterable {
        /// Decoding, and how fast memory is read in the same seconds.
        case decode
        /// Reading a prompt.
        case prefill
        /// Passes over a few tokens, drafts, and the head.
        case passes
    }

    /// 128 tokens, one row and its head at a time.
    public struct Decoding: Sendable {
        /// Tokens before the first.
        public let depth: Int
        /// Tokens per second, one at a time.
        public let tokensPerSecond: Double
        /// Bytes per second at which the same threads read memory between stretches of decoding.
        public let readBytesPerSecond: Double
        /// Bytes of weights that a token reads times tokens per second, over that.
        public let shareOfReadSpeed: Double
    }

    /// Few tokens at a time, at a context of 256.
    public struct Passes: Sendable {
        /// Seconds for one token with its logits, in the fastest way there is: a pass over more tokens counts, too.
        public let secondsPerToken: Double
        /// v(n), in units of that.
        public let costs: PassCosts
        /// h, in units of one layer.
        public let headCost: Double
        /// One drafted token's cost at each exit from 1 to L - 1, in units of a pass over one token.
        public let draftCosts: [Double]
        /// What speculation should gain from all that.
        public let expected: ExpectedSpeedup
    }

    /// How often threads have to find each other for one token, and how long that takes them.
    public struct Regions: Sendable {
        /// Regions a layer, for one token.
        public let perLayer: Double
        /// Each region has one step or more, after each of which all threads wait for the last.
        public let stepsPerLayer: Double
        /// Seconds that a region of one step takes without work.
        public let overhead: Double
        /// Seconds that a further step takes without work.
        public let stepOverhead: Double
    }

    /// Bytes of the packed weights.
    public let weightByteCount: Int
    /// How often each part was measured.
    public let rounds: Int
    /// nil where ``Part/decode`` was not asked for.
    public let decoding: Decoding?
    /// Tokens per second of a prompt of 512, with the head for its last row only; nil where ``Part/prefill`` was not
    /// asked for.
    public let prefillTokensPerSecond: Double?
    /// nil where ``Part/passes`` was not asked for.
    public let passes: Passes?
    /// Measured always.
    public let regions: Regions
}
