// Times training steps for Benchmarks/compare-training, which alternates it with PyTorch. Usage: TrainingStepTimes
// THREADS PRECISION LAYERS WIDTH FEED_FORWARD HEADS KEY_VALUE_HEADS VOCABULARY SEQUENCES LENGTH
//
// Reads a number of steps per line, makes them, and answers with their seconds and the peak resident memory in bytes so
// far. A step is that of a run (batch, forward pass, loss, backward pass, clipping and AdamW), without the recipe's
// dropout and early exits.
import CheckpointFiles
import LanguageModels
import ModelTraining
import TensorCore
import CLibc

let words = CommandLine.arguments.dropFirst()
let numbers = words.compactMap { Int($0) }
guard numbers.count == 9, words.count == 10, let precision = ProductPrecision(rawValue: Array(words)[1]) else {
    print("expected THREADS PRECISION and eight sizes, found \(words.joined(separator: " "))")
    exit(2)
}

var recipe = TrainingRecipe()
recipe.steps = 1_000_000
recipe.precision = precision
(recipe.batch.sequences, recipe.batch.length) = (numbers[7], numbers[8])

let configuration = ModelConfiguration(
    layerCount: numbers[1], width: numbers[2], feedForwardWidth: numbers[3],
    attention: AttentionShape(
        heads: numbers[4], keyValueHeads: numbers[5], headDimension: numbers[2] / numbers[4]),
    vocabularySize: numbers[6], contextLength: recipe.batch.length, normEpsilon: 1e-5, rope: RoPE(base: 10000))
let model = try Transformer(
    trainable: StoredModel(configuration, RandomInitializer(seed: 1, configuration, isTied: true)),
    on: ComputeContext(threads: numbers[0], recycledBytes: 2 << 30, productPrecision: precision))
var trainer = Trainer(
    recipe, model: model,
    data: RandomTokens(vocabularySize: configuration.vocabularySize, length: recipe.batch.length))

while let line = readLine(), let steps = Int(line) {
    let stopwatch = Stopwatch()
    for _ in 0..<steps { _ = try trainer.makeStep() }
    print(stopwatch.seconds, peakMemoryByteCount())
    fflush(nil)
}
