package import CheckpointFiles
import LanguageModels

extension TokenShard {
    /// Counts the documents of some shards that are also in others, token for token.
    ///
    /// - Parameters:
    ///   - shards: those whose documents are counted, such as validation data.
    ///   - others: such as training data, of the same tokenizer. All of it is read once.
    /// - Throws: ``FileError`` if a shard is damaged.
    package static func sharedDocumentCount(
        of shards: [TokenShard], in others: [TokenShard]
    ) throws(FileError) -> Int {
        // The shard and place of each document by the hash of its tokens.
        var places: [UInt64: [(shard: Int, document: Int)]] = [:]
        for (index, shard) in shards.enumerated() {
            for (number, document) in shard.documents.enumerated() {
                places[hash(try shard.tokens(in: document.tokens)), default: []].append((index, number))
            }
        }
        let lengths = Set(shards.flatMap { $0.documents.map(\.tokens.count) })
        var count = 0
        for other in others {
            for document in other.documents where lengths.contains(document.tokens.count) {
                let tokens = try other.tokens(in: document.tokens)
                let hash = hash(tokens)
                guard let candidates = places[hash] else { continue }
                var left: [(shard: Int, document: Int)] = []
                for place in candidates {
                    let shard = shards[place.shard]
                    if try shard.tokens(in: shard.documents[place.document].tokens) == tokens {
                        count += 1
                    } else {
                        left.append(place)
                    }
                }
                // Each document counts once, however often it is trained on.
                places[hash] = left.isEmpty ? nil : left
            }
        }
        return count
    }

    /// FNV-1a over whole tokens.
    private static func hash(_ tokens: [Token]) -> UInt64 {
        tokens.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64(bitPattern: Int64($1))) &* 0x100_0000_01b3 }
    }
}
