public import LanguageModels
public import TensorCore

/// All settings of a training run, as plain values. ``RecipeKey/all`` lists them.
///
/// By default there is no layer dropout and no early exit loss. Each is switched on separately.
public struct TrainingRecipe: Sendable, Equatable {
    /// The folder of the run: checkpoints, metrics, report.
    public var output = ""
    /// The seed of the random weights, the data order and layer dropout.
    public var seed = 1
    /// The number of threads; nil for one per physical core.
    public var threads: Int?
    /// The model to start from.
    public var model = Model()
    /// The data for training and validation.
    public var data = Data()
    /// The number of tokens per step.
    public var batch = Batch()
    /// How the sequences of a step are divided among processes.
    public var parallel = Parallel()
    /// T: the number of steps, each of which updates the weights once.
    public var steps = 1000
    /// The number of passes over the data, which determines ``steps`` when a run starts; nil for as many as the steps make.
    public var epochs: Double?
    /// The settings of AdamW and gradient clipping.
    public var optimizer = Optimizer()
    /// The learning rate at each step.
    public var rate = LearningRate()
    /// Layer dropout: which sequences skip which layers.
    public var dropout = LayerDropout()
    /// Which exits have a loss, and with which weights.
    public var exits = EarlyExitLoss()
    /// Whether the exit of ``EarlyExitLoss/exits`` has a block of its own before the head, which is trained. If the
    /// start has none there, it begins as a copy of the next layer.
    public var hasExitBlock = false
    /// The parts of the model that are not trained.
    public var freeze = Freeze()
    /// LoRA: training of an adapter instead of the model.
    public var lora = LoRA()
    /// The precision of the operands of matrix products, including attention. Sums are always f32.
    public var precision = ProductPrecision.f32
    /// Whether the backward pass recomputes blocks instead of storing their intermediate values: a third more time, far
    /// less memory.
    public var recompute = false
    /// How often which exits are measured.
    public var validation = Validation()
    /// The texts that the model writes at each validation.
    public var samples = Samples()
    /// How often checkpoints are written, and how many are kept.
    public var checkpoints = Checkpoints()

    /// Creates a recipe of defaults.
    public init() {}

    /// The model to start from, and for random weights also its shape.
    public struct Model: Sendable, Equatable {
        /// The source of the initial weights. All properties below are for random weights only, except ``layers`` and
        /// ``newLayers``.
        public var start = Start.random
        /// The path of a tokenizer.json, which also determines the vocabulary's size.
        public var tokenizer: String?
        /// The number of blocks; if a model is given as ``start``, at least as many as it has.
        public var layers: Int?
        /// The initial weights of the layers that the start does not have; nil for copies of its topmost.
        public var newLayers: LayerGrowth?
        /// Width of the residual stream.
        public var width: Int?
        /// Width inside the MLP.
        public var feedForward: Int?
        /// The number of query heads.
        public var heads: Int?
        /// The number of key and value heads; nil for as many as query heads.
        public var keyValueHeads: Int?
        /// Width of a head; nil for width / heads.
        public var headDimension: Int?
        /// The maximum text length in tokens; nil for the length of a sequence.
        public var context: Int?
        /// Base of the RoPE frequencies; nil for 10000.
        public var ropeBase: Double?
        /// Added to the mean square in every norm; nil for 1e-5.
        public var normEpsilon: Double?
        /// Whether the embedding also serves as the head; nil for yes.
        public var isTied: Bool?
    }

    /// Token shards for training and validation.
    public struct Data: Sendable, Equatable {
        /// The shards to train on: paths of files and folders, or patterns.
        public var training: [String] = []
        /// The shards to validate on, likewise.
        public var validation: [String] = []
        /// How often each entry of ``training`` is read, in relation to the others; nil to read each sequence once per
        /// epoch.
        public var weights: [Double]?
        /// How documents become sequences; nil for ``BatchSampler/Packing/standard(for:)``.
        public var packing: BatchSampler.Packing?
        /// What a token attends to in a sequence of several documents; nil for ``BatchSampler/Mask/standard(for:)``.
        public var mask: BatchSampler.Mask?
    }

    /// The tokens of a step: `accumulation` batches of `sequences` sequences of `length` tokens.
    public struct Batch: Sendable, Equatable {
        /// The number of sequences that run together.
        public var sequences = 8
        /// The number of tokens per sequence.
        public var length = 256
        /// The number of such batches per step.
        public var accumulation = 1

        /// The number of tokens per step.
        public var tokensPerStep: Int { sequencesPerStep * length }
        /// The number of sequences per step.
        public var sequencesPerStep: Int { sequences * accumulation }
    }

    /// How the sequences of a step are divided among processes.
    public struct Parallel: Sendable, Equatable {
        /// The number of groups whose gradients are summed separately, which the number of processes must divide; nil
        /// for 8, or for as many as there are sequences if there are fewer.
        public var groups: Int?
    }

    /// AdamW and the clipping before it.
    public struct Optimizer: Sendable, Equatable {
        /// Decay of the gradients' running mean.
        public var beta1 = 0.9
        /// Decay of the running mean of their squares.
        public var beta2 = 0.95
        /// Added to the square root of the mean of squares.
        public var epsilon = 1e-8
        /// The share of a matrix's weights that each step removes, times the learning rate.
        public var weightDecay = 0.1
        /// The maximum norm of the gradients; 0 for no clipping.
        public var clip = 1.0
    }

    /// The parts of the model that are not trained.
    public struct Freeze: Sendable, Equatable {
        /// The embedding, including a head that is tied to it.
        public var embedding = false
        /// Layers by number.
        public var layers = LayerSet()
        /// The last norm, and a head that is not tied.
        public var head = false
        /// Everything but an exit block, so that the model's texts stay what they were.
        public var trunk = false
    }

    /// How often the model is measured on validation data, and how.
    public struct Validation: Sendable, Equatable {
        /// The number of steps between validations; 0 for none.
        public var every = 100
        /// The exits that are measured, besides the last one.
        public var exits = MeasuredExits.trained
        /// The maximum number of batches per validation.
        public var batches = 16
        /// The number of sequences per batch; nil for as many as in training.
        public var sequences: Int?
        /// The number of validations in a row without a lower loss after which the run ends; nil for no early end.
        public var patience: Int?
    }

    /// How often checkpoints are written, and how many are kept.
    public struct Checkpoints: Sendable, Equatable {
        /// The number of steps between checkpoints. The last step always has one.
        public var every = 100
        /// The number of newest checkpoints to keep, in addition to the best.
        public var keep = 2
    }
}

extension TrainingRecipe {
    /// The source of a run's initial weights.
    public enum Start: Sendable, Equatable, LosslessStringConvertible {
        /// Random numbers, for a model of the recipe's shape.
        case random
        /// The default model, which is part of the program.
        case defaultModel
        /// A GGUF file, a model folder or a checkpoint.
        case path(String)

        /// A description of what ``init(_:)`` reads, for errors.
        static let expected = "random, default (the built-in model), or the path of another model"

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
