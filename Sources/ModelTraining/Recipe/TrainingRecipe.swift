/// Everything that a training run is made of, as plain values. ``RecipeKey/all`` is its table of contents.
///
/// The defaults are a plain model: no dropout, no early exits. Each of the two is switched on by itself.
public struct TrainingRecipe: Sendable, Equatable {
    /// The folder of the run: checkpoints, metrics, report.
    public var output = ""
    /// Decides the random weights, the order of the data and what is dropped.
    public var seed = 1
    /// How many threads compute; nil for one per physical core.
    public var threads: Int?
    public var model = Model()
    public var data = Data()
    public var batch = Batch()
    /// T: how often the optimizer changes the weights.
    public var steps = 1000
    public var optimizer = Optimizer()
    public var rate = LearningRate()
    public var dropout = LayerDropout()
    public var exits = EarlyExitLoss()
    public var freeze = Freeze()
    /// In what precision matrices meet; sums are f32 always.
    public var precision = Precision.f32
    /// Whether blocks forget what the gradients need and compute it again: a third more time, far less memory.
    public var recompute = false
    public var validation = Validation()
    public var checkpoints = Checkpoints()

    /// A recipe of defaults.
    public init() {}

    /// What to start from, and for random weights also how large a model.
    public struct Model: Sendable, Equatable {
        public var start = Start.random
        public var tokenizer: String?
        public var layers: Int?
        public var width: Int?
        public var feedForward: Int?
        public var heads: Int?
        public var keyValueHeads: Int?
        public var headDimension: Int?
        public var context: Int?
        public var ropeBase: Double?
        public var normEpsilon: Double?
        public var isTied: Bool?
    }

    /// Token shards.
    public struct Data: Sendable, Equatable {
        public var training: [String] = []
        public var validation: [String] = []
        public var packing = BatchSampler.Packing.windows
    }

    /// In what precision the products of matrices are made.
    public enum Precision: String, Sendable, CaseIterable {
        case f32
        /// Rounded to bfloat16 before they meet, where the processor has an instruction for it; f32 elsewhere.
        case bf16
    }

    /// A step's tokens: `accumulation` times `sequences` of `length`.
    public struct Batch: Sendable, Equatable {
        public var sequences = 8
        public var length = 256
        public var accumulation = 1

        /// Tokens that one step learns from.
        public var tokensPerStep: Int { sequences * length * accumulation }
    }

    /// AdamW and the clipping before it.
    public struct Optimizer: Sendable, Equatable {
        public var beta1 = 0.9
        public var beta2 = 0.95
        public var epsilon = 1e-8
        public var weightDecay = 0.1
        /// The most that the gradients' norm may be; 0 for any.
        public var clip = 1.0
    }

    /// What does not learn.
    public struct Freeze: Sendable, Equatable {
        public var embedding = false
        public var layers = LayerSet()
        public var head = false
    }

    /// How often the model is measured on data that it does not learn from.
    public struct Validation: Sendable, Equatable {
        /// Steps between; 0 for never.
        public var every = 100
        /// The most batches each time.
        public var batches = 16
    }

    /// How often the run is written down.
    public struct Checkpoints: Sendable, Equatable {
        /// Steps between; the last step has one always.
        public var every = 100
        /// How many of the newest stay, beside the best.
        public var keep = 2
    }
}

extension TrainingRecipe {
    /// Where a run's first weights come from.
    public enum Start: Sendable, Equatable, LosslessStringConvertible {
        /// Random numbers, for a model of the shape that the recipe gives.
        case random
        /// A GGUF file, a model folder or a checkpoint.
        case path(String)

        /// What ``init(_:)`` reads, in words.
        static let expected = "random, or the path of a GGUF file or a model folder"

        public init?(_ description: String) {
            if description.isEmpty { return nil }
            self = description == "random" ? .random : .path(description)
        }

        public var description: String {
            switch self {
            case .random: "random"
            case .path(let path): path
            }
        }
    }
}
