extension RecipeKey {
    /// Every key that a recipe may have.
    public static let all: [RecipeKey] =
        run + model + data + optimization + layerSkip + [
            integer(
                "validation.every", \.validation.every, in: 0...steps.upperBound,
                "steps between two validations; 0 for none", isFixed: false),
            integer(
                "validation.batches", \.validation.batches, in: 1...1_000_000, "the most batches of a validation",
                isFixed: false),
            integer(
                "checkpoints.every", \.checkpoints.every, in: steps, "steps between two checkpoints", isFixed: false),
            integer(
                "checkpoints.keep", \.checkpoints.keep, in: 1...1000,
                "how many of the newest are kept, besides the best",
                isFixed: false),
        ]

    /// The key of a path; nil where there is none.
    public static func named(_ path: String) -> RecipeKey? { all.first { $0.path == path } }

    private static let steps = 1...1_000_000_000
    // From 2: a matrix of one row would be written as a vector.
    private static let sizes = 2...(1 << 20)

    private static let run = [
        path("output", \.output, "the folder of the run: checkpoints, metrics.jsonl, report.html"),
        integer("seed", \.seed, in: 0...Int.max, "decides random weights, the order of the data, what is dropped"),
        integer(
            "threads", \.threads, in: 1...1024, "how many threads compute (default: one per physical core)",
            isFixed: false),
        integer("steps", \.steps, in: steps, "how often the weights change"),
    ]

    private static let model = [
        described(
            "model.start", \.model.start, expected: TrainingRecipe.Start.expected, "where the first weights come from"),
        path("model.tokenizer", \.model.tokenizer, "tokenizer.json of a model that starts at random"),
        integer("model.layers", \.model.layers, in: 1...4096, "blocks"),
        integer("model.width", \.model.width, in: sizes, "width of the residual stream"),
        integer("model.feed_forward", \.model.feedForward, in: sizes, "width inside the MLP"),
        integer("model.heads", \.model.heads, in: 1...4096, "query heads"),
        integer("model.key_value_heads", \.model.keyValueHeads, in: 1...4096, "key and value heads (default: heads)"),
        integer(
            "model.head_dimension", \.model.headDimension, in: 2...4096, "width of a head (default: width / heads)"),
        integer("model.context", \.model.context, in: 2...(1 << 24), "longest text (default: batch.length)"),
        number("model.rope_base", \.model.ropeBase, in: 1...1e12, "base of the RoPE frequencies (default: 10000)"),
        number(
            "model.norm_epsilon", \.model.normEpsilon, in: 1e-30...0.999, "added to the mean square (default: 1e-5)"),
        boolean("model.tied", \.model.isTied, "whether the embedding is also the head (default: true)"),
    ]

    private static let data = [
        // A resumed run compares what the shards hold, wherever they lie: see TrainingState.
        paths("data.training", \.data.training, "token shards to learn from"),
        paths("data.validation", \.data.validation, "token shards to measure on"),
        choice(
            "data.packing", \.data.packing,
            "how documents become sequences: windows over all of them, or whole ones with their prompts not scored "
                + "(default: documents where a shard of data.training has prompts, otherwise windows)"),
        integer("batch.sequences", \.batch.sequences, in: 1...65536, "sequences in a batch"),
        integer("batch.length", \.batch.length, in: 1...(1 << 24), "tokens of a sequence"),
        integer("batch.accumulation", \.batch.accumulation, in: 1...65536, "batches in a step"),
    ]

    private static let optimization = [
        number("optimizer.rate", \.rate.peak, in: 1e-30...1, "the highest learning rate"),
        integer("optimizer.warmup", \.rate.warmup, in: 0...1_000_000_000, "steps until it is reached"),
        choice("optimizer.decay", \.rate.decay, "how it falls then"),
        number("optimizer.minimum", \.rate.minimum, in: 0...1, "the share of it that it falls to"),
        number("optimizer.beta1", \.optimizer.beta1, in: 0...0.999999, "AdamW: decay of the gradients' mean"),
        number("optimizer.beta2", \.optimizer.beta2, in: 0...0.999999, "AdamW: decay of their squares' mean"),
        number("optimizer.epsilon", \.optimizer.epsilon, in: 1e-30...1, "AdamW: added to the root of the latter"),
        number("optimizer.weight_decay", \.optimizer.weightDecay, in: 0...1, "AdamW: share that matrices lose"),
        number("optimizer.clip", \.optimizer.clip, in: 0...1e9, "the most that the gradients' norm may be; 0 for any"),
        boolean("freeze.embedding", \.freeze.embedding, "whether the embedding stays as it is"),
        described("freeze.layers", \.freeze.layers, expected: LayerSet.expected, "layers that stay as they are"),
        boolean("freeze.head", \.freeze.head, "whether the last norm and the head stay as they are"),
        choice("precision", \.precision, "in what precision operands of products meet, attention's too; sums are f32"),
        boolean("recompute", \.recompute, "whether blocks compute twice instead of remembering: less memory"),
    ]

    private static let layerSkip = [
        number("dropout.maximum", \.dropout.maximum, in: 0...0.999, "p_max, the last layer's rate; 0 for no dropout"),
        choice("dropout.depth", \.dropout.depth, "D(l), how the rate grows with depth"),
        choice("dropout.time", \.dropout.time, "S(t), how the rate grows with time"),
        number("exits.scale", \.exits.scale, in: 0...1, "e_scale, how much early exits weigh; 0 for no exit loss"),
        choice("exits.profile", \.exits.profile, "how the weights of early exits depend on their depth"),
        described(
            "exits.curriculum", \.exits.curriculum, expected: Curriculum.expected, "which exits have a loss, when"),
        integers(
            "exits.layers", \.exits.exits, in: 1...4096,
            "exits that may have a loss, as numbers of layers run (default: all)"),
    ]
}
