import LanguageModels

extension RecipeKey {
    /// Every key that a recipe may have.
    public static let all: [RecipeKey] =
        run + model + data + optimization + lora + layerSkip + [
            integer(
                "validation.every", \.validation.every, in: 0...steps.upperBound,
                "steps between two validations; 0 for none, as is validation: none", isFixed: false),
            exits(
                "validation.exits", \.validation.exits,
                "exits that are measured besides the last one, as the number of layers run: trained for those that have "
                    + "a loss, or all"),
            integer(
                "validation.batches", \.validation.batches, in: 1...1_000_000,
                "maximum number of batches per validation",
                isFixed: false),
            integer(
                "validation.sequences", \.validation.sequences, in: 1...65536,
                "sequences per batch of a validation (default: batch.sequences)", isFixed: false),
            integer(
                "validation.patience", \.validation.patience, in: 1...1_000_000,
                "validations in a row without a lower loss after which training ends (default: none end it)",
                isFixed: false),
            texts(
                "samples.prompts", \.samples.prompts,
                "texts that the model continues at each validation, for report.html",
                expected: "a text or a list of texts"),
            texts(
                "samples.messages", \.samples.messages,
                "users' messages that the model answers at each validation, by its chat template; or conversations in "
                    + "JSON, each a text such as '[{\"role\": \"user\", \"content\": \"Hello\"}]'",
                expected: "a text or a list of texts"),
            integer(
                "samples.tokens", \.samples.tokens, in: 1...4096, "maximum number of tokens of each text",
                isFixed: false),
            integer(
                "checkpoints.every", \.checkpoints.every, in: steps, "steps between two checkpoints", isFixed: false),
            integer(
                "checkpoints.keep", \.checkpoints.keep, in: 1...1000,
                "number of newest checkpoints to keep, in addition to the best",
                isFixed: false),
        ]

    /// Returns the key with a path, or nil if there is none.
    public static func named(_ path: String) -> RecipeKey? { all.first { $0.path == path } }

    private static let steps = 1...1_000_000_000
    // At least 2: a matrix of one row would be written as a vector.
    private static let sizes = 2...(1 << 20)

    private static let run = [
        path("output", \.output, "the run's folder, for checkpoints, metrics.jsonl and report.html"),
        integer("seed", \.seed, in: 0...Int.max, "seed of the random weights, the data order and layer dropout"),
        integer(
            "threads", \.threads, in: 1...1024, "number of threads (default: one per physical core)",
            isFixed: false),
        integer(
            "steps", \.steps, in: steps, "number of steps, each of which updates the weights once", isFixed: false),
        number(
            "epochs", \.epochs, in: 0.000001...1e9, "number of passes over the data, instead of steps", isFixed: false),
    ]

    private static let model = [
        described(
            "model.start", \.model.start, expected: TrainingRecipe.Start.expected, "where the initial weights come from"
        ),
        path("model.tokenizer", \.model.tokenizer, "tokenizer of a random model: a file, folder or name on a hub"),
        integer(
            "model.layers", \.model.layers, in: 1...4096,
            "number of layers; more than model.start has are added on top of them"),
        choice(
            "model.new_layers", \.model.newLayers,
            "initial weights of added layers: those of the topmost layers, random ones, or random ones that change "
                + "nothing at first (default: copy)"),
        integer("model.width", \.model.width, in: sizes, "width of the residual stream"),
        integer("model.feed_forward", \.model.feedForward, in: sizes, "width of the feed-forward network (MLP)"),
        integer("model.heads", \.model.heads, in: 1...4096, "number of query heads"),
        integer(
            "model.key_value_heads", \.model.keyValueHeads, in: 1...4096,
            "number of key and value heads (default: as many as query heads)"),
        integer(
            "model.head_dimension", \.model.headDimension, in: 2...4096, "width of a head (default: width / heads)"),
        integer(
            "model.context", \.model.context, in: 2...(1 << 24), "maximum text length in tokens (default: batch.length)"
        ),
        number("model.rope_base", \.model.ropeBase, in: 1...1e12, "base of the RoPE frequencies (default: 10000)"),
        number(
            "model.norm_epsilon", \.model.normEpsilon, in: 1e-30...0.999,
            "added to the mean square in every norm (default: 1e-5)"),
        boolean("model.tied", \.model.isTied, "whether the embedding is also the head (default: true)"),
    ]

    private static let data = [
        // A resumed run compares the shards' contents, not their paths: see TrainingState.
        paths(
            "data.training", \.data.training,
            "token shards to train on: files, folders of .tokens files, or patterns such as data/*.tokens"),
        paths("data.validation", \.data.validation, "token shards to validate on, likewise; none of data.training"),
        numbers(
            "data.weights", \.data.weights, in: 1e-6...1e6,
            "how often the sequences of each entry of data.training are read, in relation to the other entries "
                + "(default: each sequence once per epoch)"),
        choice(
            "data.packing", \.data.packing,
            "how documents become sequences: windows over all of them, or whole documents without scoring prompts "
                + "(default: documents if a shard of data.training has prompts, otherwise windows)"),
        choice(
            "data.mask", \.data.mask,
            "what a token attends to: its own document, whose positions begin at 0, or none, for all of the sequence "
                + "before it (default: document if documents are packed, otherwise none)"),
        integer("batch.sequences", \.batch.sequences, in: 1...65536, "sequences per batch"),
        integer("batch.length", \.batch.length, in: 1...(1 << 24), "tokens per sequence"),
        integer("batch.accumulation", \.batch.accumulation, in: 1...65536, "batches per step"),
        integer(
            "parallel.groups", \.parallel.groups, in: 1...65536,
            "groups of a step's sequences, which the number of processes must divide (default: 8, or one per sequence "
                + "if there are fewer)"),
    ]

    private static let optimization = [
        number("optimizer.rate", \.rate.peak, in: 1e-30...1, "the highest learning rate"),
        integer("optimizer.warmup", \.rate.warmup, in: 0...1_000_000_000, "steps until the highest learning rate"),
        choice("optimizer.decay", \.rate.decay, "how the learning rate falls after the warm-up", isFixed: false),
        integer(
            "optimizer.decay_steps", \.rate.decaySteps, in: 1...1_000_000_000,
            "last steps, in which the learning rate falls; before them it stays the highest (default: all after the "
                + "warm-up)",
            isFixed: false),
        number("optimizer.minimum", \.rate.minimum, in: 0...1, "final learning rate, as a share of the highest"),
        number("optimizer.beta1", \.optimizer.beta1, in: 0...0.999999, "AdamW: decay of the gradients' running mean"),
        number(
            "optimizer.beta2", \.optimizer.beta2, in: 0...0.999999,
            "AdamW: decay of the squared gradients' running mean"
        ),
        number(
            "optimizer.epsilon", \.optimizer.epsilon, in: 1e-30...1,
            "AdamW: added to the root of the squared gradients' mean"
        ),
        number(
            "optimizer.weight_decay", \.optimizer.weightDecay, in: 0...1,
            "AdamW: share of their weights that matrices lose per step, times the learning rate"),
        number("optimizer.clip", \.optimizer.clip, in: 0...1e9, "maximum norm of the gradients; 0 for no clipping"),
        boolean("freeze.embedding", \.freeze.embedding, "whether the embedding is frozen"),
        described("freeze.layers", \.freeze.layers, expected: LayerSet.expected, "layers that are frozen"),
        boolean("freeze.head", \.freeze.head, "whether the last norm and the head are frozen"),
        boolean("freeze.trunk", \.freeze.trunk, "whether everything is frozen but the exit block of exits.block"),
        choice(
            "precision", \.precision, "precision of the operands of products and attention; sums are always f32"),
        boolean("recompute", \.recompute, "whether to recompute blocks in the backward pass: less memory, more time"),
    ]

    private static let lora = [
        integer(
            "lora.rank", \.lora.rank, in: 1...65536,
            "LoRA: rank of the trained adapter; the model itself is frozen (default: no adapter)"),
        number(
            "lora.alpha", \.lora.alpha, in: 1e-30...1e9,
            "LoRA: the adapter's product is multiplied by alpha / rank (default: the rank)"),
        described(
            "lora.layers", \.lora.layers, expected: LayerSet.expected, "LoRA: adapted layers, from 0 (default: all)"),
        words("lora.matrices", \.lora.matrices, of: LowRankSettings.known, "LoRA: adapted matrices of each layer"),
        boolean("lora.rslora", \.lora.isRankStabilized, "LoRA: whether to multiply by alpha / sqrt(rank) instead"),
    ]

    private static let layerSkip = [
        number(
            "dropout.maximum", \.dropout.maximum, in: 0...0.999,
            "highest probability of skipping a layer (p_max); 0 for no layer dropout"),
        choice("dropout.depth", \.dropout.depth, "how the probability grows with depth (D(l))"),
        choice("dropout.time", \.dropout.time, "how the probability grows during training (S(t))"),
        number(
            "exits.scale", \.exits.scale, in: 0...1,
            "weight of the losses of early exits (e_scale); 0 for no early exit loss"),
        choice("exits.profile", \.exits.profile, "how the weight of an early exit depends on its depth"),
        described(
            "exits.curriculum", \.exits.curriculum, expected: Curriculum.expected,
            "which early exits have a loss at which step"),
        integers(
            "exits.layers", \.exits.exits, in: 1...4096,
            "exits that may have a loss, as the number of layers run (default: all)"),
        choice("exits.target", \.exits.target, "what early exits learn from: the text, the last layer, or both"),
        // A resumed run compares the hashes of the weights, not the paths: see TrainingState.
        described(
            "exits.teacher", \.exits.teacher, expected: "default (the built-in model), or the path of a model",
            "model whose last layer exits imitate, with the same tokenizer (default: the model in training)",
            isFixed: false),
        choice("exits.last_target", \.exits.lastTarget, "what the last layer learns from"),
        choice("exits.weighting", \.exits.weighting, "how much each token counts in the losses of early exits"),
        integer(
            "exits.weighting_every", \.exits.weightingEvery, in: steps,
            "steps between two updates of the network of exits.weighting: learned"),
        number(
            "exits.text_share", \.exits.textShare, in: 0...1, "share of the text with exits.target: mixed"),
        number(
            "exits.acceptance_decay", \.exits.acceptanceDecay, in: 0...1000,
            "how fast exits.target: mixed-acceptance turns from KL to acceptance"),
        boolean("exits.train_last", \.exits.trainsLast, "whether the last layer has a loss, too"),
        boolean(
            "exits.block", \.hasExitBlock,
            "whether the exit of exits.layers has a block of its own before the head, which is trained"),
    ]
}
