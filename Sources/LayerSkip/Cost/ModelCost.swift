/// The cost of a model's forward passes on this machine, with random token ids, as medians of interleaved repetitions.
public struct ModelCost: Sendable {
    /// A part that can be measured.
    public enum Part: String, Sendable, CaseIterable {
        /// Decoding, and memory bandwidth at the same time.
        case decode
        /// Prefill of a prompt.
        case prefill
        /// Passes over a few tokens, drafts, and the head.
        case passes
    }

    /// The cost of decoding 128 tokens, one at a time with its logits.
    public struct Decoding: Sendable {
        /// The number of tokens before the first.
        public let depth: Int
        /// Tokens per second, one at a time.
        public let tokensPerSecond: Double
        /// The memory bandwidth in bytes per second, measured by the same threads between stretches of decoding.
        public let readBytesPerSecond: Double
        /// The share of that bandwidth that decoding uses: bytes of weights per token times tokens per second, over it.
        public let shareOfReadSpeed: Double
    }

    /// The cost of passes over a few tokens, at a context of 256, or less if the model's is shorter.
    public struct Passes: Sendable {
        /// The duration of the fastest measured pass, which may be one over several tokens.
        public let secondsPerToken: Double
        /// v(n), in units of that duration, in ascending order of tokens.
        public let costs: [Point]
        /// h, in units of one layer.
        public let headCost: Double
        /// The cost of a drafted token at each exit from 1 to L - 1, in units of a pass over one token.
        public let draftCosts: [Double]
        /// The seconds of a layer and of the head in these passes.
        let points: (layer: [PassPoint], head: [PassPoint])
        let layerCount: Int
        /// The exit with a block of its own, which drafts there run, too; nil if there is none.
        var exitBlock: Int?

        /// The seconds of a part of a pass.
        typealias PassPoint = (rows: Int, seconds: Double)

        /// v(n): the cost of a forward pass over n tokens with all n logits, in units of the cost of one token.
        ///
        /// It decides whether speculation pays off: it cannot if v(n) is near n, and always does if v(n) is near 1.
        public struct Point: Sendable, Equatable {
            /// n.
            public let tokens: Int
            /// v(n).
            public let cost: Double
        }
    }

    /// The cost of synchronizing threads for one token.
    public struct Regions: Sendable {
        /// The number of parallel regions that all layers take for one token.
        public let count: Int
        /// The same per layer: less than 1 if all layers share a region.
        public let perLayer: Double
        /// The number of steps per layer. A region has at least one, and all threads wait for each other after each.
        public let stepsPerLayer: Double
        /// The duration in seconds of a region with one step and no work.
        public let overhead: Double
        /// The duration in seconds of an additional step without work.
        public let stepOverhead: Double
    }

    /// The size of the packed weights in bytes.
    public let weightByteCount: Int
    /// The number of measurements of each part.
    public let rounds: Int
    /// The cost of decoding; nil if ``Part/decode`` was not measured.
    public let decoding: Decoding?
    /// Tokens per second for a prompt of 512, with logits for its last row only; nil if ``Part/prefill`` was not
    /// measured.
    public let prefillTokensPerSecond: Double?
    /// The cost of passes; nil if ``Part/passes`` was not measured.
    public let passes: Passes?
    /// The cost of synchronization, which is always measured.
    public let regions: Regions
}
