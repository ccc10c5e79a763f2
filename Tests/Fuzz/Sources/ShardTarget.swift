import CheckpointFiles
import ModelTraining
import TestSupport

/// Token shards.
enum ShardTarget: FuzzTarget {
    static let name = "shard"

    static func seeds() throws -> [[UInt8]] {
        let folder = TemporaryFolder()
        return try [300, 1 << 20].map { vocabularySize in
            let path = folder.file("\(vocabularySize)")
            var writer = try TokenShardWriter(
                path: path, vocabularySize: vocabularySize, endOfText: 2, tokenizerFingerprint: 5)
            try writer.append([1, 7, 9], promptLength: 1)
            try writer.append([])
            try writer.append([4])
            try writer.commit()
            return try contents(path)
        }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let shard = try TokenShard(path: folder.write(input, as: "in.tokens"))
        let tokens = try shard.tokens(in: 0..<shard.tokenCount)
        let path = folder.file("again.tokens")
        var writer = try TokenShardWriter(
            path: path, vocabularySize: shard.vocabularySize, endOfText: shard.endOfText,
            tokenizerFingerprint: shard.tokenizerFingerprint)
        for document in shard.documents {
            // The writer adds end-of-text to each document.
            guard tokens[document.tokens.upperBound - 1] == shard.endOfText else { return }
            try writer.append(Array(tokens[document.tokens].dropLast()), promptLength: document.promptLength)
        }
        try writer.commit()
        let again = try contents(path)
        // Padding need not be zeros.
        let padding = 64 + shard.tokenCount * (shard.vocabularySize <= 1 << 16 ? 2 : 4)
        require(again.count == input.count, "\(again.count) bytes are \(input.count)")
        require(
            again.indices.allSatisfy { again[$0] == input[$0] || padding..<padding + 8 ~= $0 }, "the same bytes again")
    }
}
