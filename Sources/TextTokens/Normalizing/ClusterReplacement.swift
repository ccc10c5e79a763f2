/// A step that applies SentencePiece's table of replacements as Hugging Face's tokenizers do.
///
/// It looks up each grapheme cluster of at most 5 bytes, and the characters of the others. A lookup replaces the whole
/// cluster by the replacement of the shortest text of the table that it starts with, so marks after that are lost.
struct ClusterReplacement: TextRewriting {
    private let table: Charsmap
    private static let longestCluster = 5

    init(_ table: Charsmap) { self.table = table }

    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) throws(TokenizerError) -> [UInt8] {
        let span = text.span
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < span.count {
            try limits.check(result.count)
            // Within ASCII, every character but a carriage return is a cluster.
            if span[position] < 0x80, span[position] != UInt8(ascii: "\r"),
                position + 1 == span.count || span[position + 1] < 0x80
            {
                append(span, position..<position + 1, to: &result)
                position += 1
                continue
            }
            // Two ASCII characters are a boundary, so clusters are found between such places.
            let end = Self.stretchEnd(span, from: position)
            guard let stretch = String(validating: text[position..<end], as: UTF8.self) else {
                appendCharacters(span, position..<end, to: &result)
                position = end
                continue
            }
            for cluster in stretch {
                let next = position + cluster.utf8.count
                append(span, position..<next, to: &result)
                try limits.check(result.count)
                position = next
            }
        }
        return result
    }

    /// The first place after a position between two ASCII characters, the second of which is not a line feed.
    private static func stretchEnd(_ text: Span<UInt8>, from start: Int) -> Int {
        var end = start + 1
        while end < text.count, text[end - 1] >= 0x80 || text[end] >= 0x80 || text[end] == UInt8(ascii: "\n") {
            end += 1
        }
        return end
    }

    private func append(_ text: Span<UInt8>, _ cluster: Range<Int>, to result: inout [UInt8]) {
        if cluster.count <= Self.longestCluster, let replacement = table.shortestMatch(in: text, cluster) {
            result += replacement
        } else {
            appendCharacters(text, cluster, to: &result)
        }
    }

    private func appendCharacters(_ text: Span<UInt8>, _ cluster: Range<Int>, to result: inout [UInt8]) {
        UTF8Sequence.append(text, cluster, to: &result) { table.shortestMatch(in: text, $1) }
    }
}
