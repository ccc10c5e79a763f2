public import CheckpointFiles

/// Sequences to train on, in an order that depends on nothing but the place in it.
///
/// A source has no state: a run that remembers its ``DataPlace`` resumes exactly where it stopped.
public protocol BatchSource: Sendable {
    /// Tokens in each sequence.
    var length: Int { get }
    /// Sequences in each epoch, at least 1; every one of them comes once an epoch.
    var sequencesPerEpoch: Int { get }
    /// Identifies the data, shard by shard; empty where the source does not know. May take as long as reading the data.
    var contents: [ShardContent] { get }

    /// The sequences from a place on; past the end of an epoch they are the next one's.
    ///
    /// - Throws: ``FileError`` where the data turns out to be damaged.
    func batch(at place: DataPlace, sequences: Int) throws(FileError) -> TrainingBatch
}

extension BatchSource {
    public var contents: [ShardContent] { [] }

    /// The place after `sequences` more sequences.
    public func place(after place: DataPlace, sequences: Int) -> DataPlace {
        let index = place.index + sequences
        return DataPlace(epoch: place.epoch + index / sequencesPerEpoch, index: index % sequencesPerEpoch)
    }
}

/// Where in its data a training run is: the next sequence it will read.
public struct DataPlace: Codable, Equatable, Sendable, CustomStringConvertible {
    /// How often the whole data has been seen.
    public var epoch: Int
    /// How many of this epoch's sequences have been seen.
    public var index: Int

    /// A place in the data; the start by default.
    public init(epoch: Int = 0, index: Int = 0) {
        self.epoch = epoch
        self.index = index
    }

    public var description: String { "sequence \(index) of epoch \(epoch)" }
}
