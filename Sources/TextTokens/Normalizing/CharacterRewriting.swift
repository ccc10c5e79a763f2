/// A step that replaces each character independently of the others.
enum CharacterRewriting: TextRewriting {
    /// Replaces each character by its full lowercase mapping. A final sigma becomes σ like any other.
    case lowercase
    /// Removes combining marks.
    case stripAccents

    func rewritten(_ text: [UInt8], within limits: inout RewritingLimits) -> [UInt8] {
        let span = text.span
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < span.count {
            let byte = span[position]
            if byte < 0x80 {
                result.append(self == .lowercase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
                position += 1
                continue
            }
            let end = UTF8Sequence.endOfOthers(in: span, from: position)
            UTF8Sequence.append(span, position..<end, to: &result) { codePoint, _ in
                codePoint.flatMap { replacement(of: $0) }
            }
            position = end
        }
        return result
    }

    /// The UTF-8 that replaces a character beyond ASCII; nil if it stays.
    private func replacement(of codePoint: UInt32) -> ArraySlice<UInt8>? {
        switch self {
        case .lowercase:
            guard let scalar = Unicode.Scalar(codePoint), scalar.properties.changesWhenLowercased else { return nil }
            return ArraySlice(scalar.properties.lowercaseMapping.utf8)
        case .stripAccents:
            return UnicodeData.shared.find(codePoint).isMark ? [] : nil
        }
    }
}
