package import CheckpointFiles

/// A source of training sequences, whose order depends only on the place in the data.
///
/// A source has no state. A run that saves its ``DataPlace`` resumes exactly where it stopped.
package protocol BatchSource: Sendable {
    /// The number of tokens per sequence.
    var length: Int { get }
    /// The number of sequences per epoch, at least 1. Each comes once per epoch.
    var sequencesPerEpoch: Int { get }
    /// The identity of the data, shard by shard; empty if unknown. May take as long as reading the data.
    var contents: [ShardContent] { get }
    /// The number of shards in each part of the data, if parts are mixed by weights; otherwise nil.
    var parts: [Int]? { get }

    /// Returns the sequences from a place on, continuing into the next epoch.
    ///
    /// - Throws: ``FileError`` if the data is damaged.
    func batch(at place: DataPlace, sequences: Int) throws(FileError) -> TrainingBatch
}

extension BatchSource {
    package var contents: [ShardContent] { [] }
    package var parts: [Int]? { nil }

    /// Returns the place after `sequences` more sequences.
    package func place(after place: DataPlace, sequences: Int) -> DataPlace {
        let index = place.index + sequences
        return DataPlace(epoch: place.epoch + index / sequencesPerEpoch, index: index % sequencesPerEpoch)
    }
}

/// A training run's place in its data: the next sequence it will read.
public struct DataPlace: Codable, Equatable, Sendable, CustomStringConvertible {
    /// The number of completed passes over the data.
    public var epoch: Int
    /// The number of sequences already read in this epoch.
    public var index: Int

    /// Creates a place in the data, by default the start.
    package init(epoch: Int = 0, index: Int = 0) {
        self.epoch = epoch
        self.index = index
    }

    public var description: String { "sequence \(index) of epoch \(epoch)" }
}
