/// One of Unicode's normalization forms.
enum NormalizationForm: UInt32, CaseIterable, Sendable {
    case nfc, nfd, nfkc, nfkd

    /// Whether characters with compatibility decompositions are replaced.
    var isCompatible: Bool { self == .nfkc || self == .nfkd }
    /// Whether characters are composed after decomposition.
    var isComposed: Bool { self == .nfc || self == .nfkc }
}

extension NormalizationForm {
    /// Returns a text in this form. Invalid UTF-8 is kept.
    ///
    /// Only the sequences that may change are decomposed: each from the character before it that begins a sequence to
    /// the next that begins one and cannot change.
    func normalized(_ text: [UInt8]) -> [UInt8] {
        let span = text.span
        let end = span.count
        var result: [UInt8] = []
        var copied = 0
        /// The start of the last character that begins a sequence.
        var start = 0
        var lastClass: UInt8 = 0
        var scalars: [UInt32] = []
        var position = 0
        while position < end {
            if span[position] < 0x80 {
                position = UTF8Sequence.endOfASCII(in: span, from: position)
                start = position - 1
                lastClass = 0
                continue
            }
            guard let (codePoint, length) = UTF8Sequence.decode(span, at: position, end: end) else {
                position += 1
                start = position
                lastClass = 0
                continue
            }
            let properties = UnicodeData.shared.find(codePoint)
            let combiningClass = properties.combiningClass
            if !properties.mayChange(self), combiningClass == 0 || combiningClass >= lastClass {
                if combiningClass == 0 { start = position }
                lastClass = combiningClass
                position += length
                continue
            }
            scalars.removeAll(keepingCapacity: true)
            position = appendSequence(span, from: start, to: &scalars)
            result += text[copied..<start]
            append(scalars, to: &result)
            copied = position
            start = position
            lastClass = 0
        }
        if copied == 0 { return text }
        result += text[copied...]
        return result
    }

    /// Appends the decomposition of a sequence, and returns its end.
    private func appendSequence(_ text: Span<UInt8>, from start: Int, to scalars: inout [UInt32]) -> Int {
        var position = start
        while position < text.count {
            guard let (codePoint, length) = UTF8Sequence.decode(text, at: position, end: text.count) else { break }
            let properties = UnicodeData.shared.find(codePoint)
            if position > start, properties.combiningClass == 0, !properties.mayChange(self) { break }
            UnicodeData.shared.appendDecomposition(of: codePoint, self, to: &scalars)
            position += length
        }
        return position
    }

    /// Orders and composes decomposed characters, and appends them as UTF-8.
    private func append(_ scalars: [UInt32], to result: inout [UInt8]) {
        var ordered = Self.inCanonicalOrder(scalars)
        if isComposed { Self.compose(&ordered) }
        for scalar in ordered { UTF8Sequence.append(scalar.codePoint, to: &result) }
    }

    private typealias Character = (codePoint: UInt32, combiningClass: UInt8)

    /// Sorts each run of characters whose combining class is not 0 by that class; equal ones stay in order.
    private static func inCanonicalOrder(_ scalars: [UInt32]) -> [Character] {
        var result = scalars.map { (codePoint: $0, combiningClass: UnicodeData.shared.find($0).combiningClass) }
        var start = 0
        for index in 0...result.count where index == result.count || result[index].combiningClass == 0 {
            let run = result[start..<index]
            if zip(run, run.dropFirst()).contains(where: { $0.combiningClass > $1.combiningClass }) {
                let sorted = run.enumerated().sorted {
                    ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
                }
                result.replaceSubrange(start..<index, with: sorted.map { $0.element })
            }
            start = index + 1
        }
        return result
    }

    /// Composes each character with the last one of class 0 before it, unless one between them blocks it.
    private static func compose(_ characters: inout [Character]) {
        var starter: Int?
        var count = 0
        for character in characters {
            if let starter, count - 1 == starter || characters[count - 1].combiningClass < character.combiningClass,
                let composed = UnicodeData.shared.composition(characters[starter].codePoint, character.codePoint)
            {
                characters[starter].codePoint = composed
                continue
            }
            if character.combiningClass == 0 { starter = count }
            characters[count] = character
            count += 1
        }
        characters.removeLast(characters.count - count)
    }
}
