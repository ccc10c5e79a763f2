import LanguageModels
import ModelTraining
import TensorCore

/// A source of random tokens, new ones in each batch.
struct RandomTokens: BatchSource {
    let vocabularySize: Int
    let length: Int
    let sequencesPerEpoch = 1 << 30

    func batch(at place: DataPlace, sequences: Int) -> TrainingBatch {
        let random = CounterRandom(seed: 1, UInt64(place.index))
        let text = (0...sequences * length).map { Token(random[UInt64($0)] % UInt64(vocabularySize)) }
        return TrainingBatch(
            sequences: sequences, length: length, tokens: Array(text.dropLast()), targets: Array(text.dropFirst()))
    }
}
