import LanguageModels
import ModelTraining
import Testing

/// A source whose sequence number n has the single token n.
private struct Counting: BatchSource {
    let length = 1
    let sequencesPerEpoch = 5

    func batch(at place: DataPlace, sequences: Int) -> TrainingBatch {
        let tokens = (0..<sequences).map { Token((place.index + $0) % sequencesPerEpoch) }
        return TrainingBatch(sequences: sequences, length: 1, tokens: tokens, targets: tokens)
    }
}

@Test("A place moves on through epochs, also by more than one at once")
func placesMoveOn() {
    let source = Counting()
    var place = DataPlace()
    var seen: [Token] = []
    for sequences in [2, 2, 2, 12, 1] {
        seen += source.batch(at: place, sequences: sequences).tokens
        place = source.place(after: place, sequences: sequences)
    }
    #expect(seen == (0..<19).map { Token($0 % 5) })
    #expect(place == DataPlace(epoch: 3, index: 4))
}
