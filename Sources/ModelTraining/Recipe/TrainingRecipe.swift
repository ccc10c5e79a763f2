public import TensorCore

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
    /// What to start from.
    public var model = Model()
    /// What to learn from and to measure on.
    public var data = Data()
    /// How many tokens a step takes.
    public var batch = Batch()
    /// T: how often the optimizer changes the weights.
    public var steps = 1000
    /// How gradients become changes.
    public var optimizer = Optimizer()
    /// How large the changes are, step by step.
    public var rate = LearningRate()
    /// Which sequences skip which layers.
    public var dropout = LayerDropout()
    /// Which exits have a loss, and how much each weighs.
    public var exits = EarlyExitLoss()
    /// What stays as it is.
    public var freeze = Freeze()
    /// In what precision operands of matrix products, attention's among them, meet; sums are f32 always.
    public var precision = ProductPrecision.f32
    /// Whether blocks forget what the gradients need and compute it again: a third more time, far less memory.
    public var recompute = false
    /// How often the exits are measured.
    public var validation = Validation()
    /// How often the run is written down.
    public var checkpoints = Checkpoints()

    /// A recipe of defaults.
    public init() {}

    /// What to start from, and for random weights also how large a model.
    public struct Model: Sendable, Equatable {
        /// Where the first weights come from. All that follows is for random ones only.
        public var start = Start.random
        /// The path of a tokenizer.json; its number of tokens is the vocabulary's.
        public var tokenizer: String?
        /// Blocks.
        public var layers: Int?
        /// Width of the residual stream.
        public var width: Int?
        /// Width inside the MLP.
        public var feedForward: Int?
        /// Query heads.
        public var heads: Int?
        /// Key and value heads; nil for as many as there are query heads.
        public var keyValueHeads: Int?
        /// Width of a head; nil for width / heads.
        public var headDimension: Int?
        /// The longest text; nil for a sequence's length.
        public var context: Int?
        /// Base of the RoPE frequencies; nil for 10000.
        public var ropeBase: Double?
        /// Added to the mean square in every norm; nil for 1e-5.
        public var normEpsilon: Double?
        /// Whether the embedding serves as head; nil for yes.
        public var isTied: Bool?
    }

    /// Token shards.
    public struct Data: Sendable, Equatable {
        /// Paths of shards to learn from.
        public var training: [String] = []
        /// Paths of shards to measure on.
        public var validation: [String] = []
        /// How documents become sequences; nil for what suits the shards, as ``BatchSampler/Packing/standard(for:)``
        /// says.
        public var packing: BatchSampler.Packing?
    }

    /// A step's tokens: `accumulation` times `sequences` of `length`.
    public struct Batch: Sendable, Equatable {
        /// Sequences that are run together.
        public var sequences = 8
        /// Tokens of a sequence.
        public var length = 256
        /// How many such batches make a step.
        public var accumulation = 1

        /// Tokens that one step learns from.
        public var tokensPerStep: Int { sequences * length * accumulation }
    }

    /// AdamW and the clipping before it.
    public struct Optimizer: Sendable, Equatable {
        /// Decay of the gradients' running mean.
        public var beta1 = 0.9
        /// Decay of the running mean of their squares.
        public var beta2 = 0.95
        /// Added to the root of the latter.
        public var epsilon = 1e-8
        /// Share of a matrix's weights that is taken off, times the learning rate.
        public var weightDecay = 0.1
        /// The most that the gradients' norm may be; 0 for any.
        public var clip = 1.0
    }

    /// What does not learn.
    public struct Freeze: Sendable, Equatable {
        /// The embedding, and with it a head that is tied to it.
        public var embedding = false
        /// Layers by number.
        public var layers = LayerSet()
        /// The last norm, and a head of its own.
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
        /// The default model, which is part of the program.
        case defaultModel
        /// A GGUF file, a model folder or a checkpoint.
        case path(String)

        /// What ``init(_:)`` reads, in words.
        static let expected = "random, default (the model in the program), or the path of another model"

        public init?(_ description: String) {
            switch description {
            case "": return nil
            case "random": self = .random
            case "default": self = .defaultModel
            default: self = .path(description)
            }
        }

        public var description: String {
            switch self {
            case .random: "random"
            case .defaultModel: "default"
            case .path(let path): path
            }
        }
    }
}
