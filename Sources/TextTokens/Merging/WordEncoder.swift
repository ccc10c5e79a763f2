/// Encodes the words of a text into token ids, with a cache of recent words.
///
/// The cache copies nothing: it stores a word as its position in the text, and its ids as their position in the output.
/// Each slot holds the last word with its hash, so that no choice of words makes it slow.
struct WordEncoder {
    private struct Slot {
        var start = 0
        var firstID = 0
        var tag: UInt32 = 0
        var length: UInt16 = 0
        var idCount: UInt16 = 0
    }

    private let model: MergeModel
    private(set) var ids: [Int32] = []
    private var merger = WordMerger()
    private var slots: [Slot]

    /// The maximum length of a cached word; longer words seldom recur. It fits a slot's counters, since a byte gives at
    /// most one id.
    private static let longestRemembered = 48

    init(_ model: MergeModel, textLength: Int) {
        self.model = model
        var size = 16
        while size < textLength / 16, size < 1 << 15 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        ids.reserveCapacity(textLength / 3 + 4)
    }

    mutating func append(_ id: Int32) { ids.append(id) }

    /// Encodes the words of a range of the text, which must be the same text in every call.
    ///
    /// - Parameter progress: called with the number of bytes done; returns whether to continue.
    /// - Returns: whether all words were encoded.
    mutating func append(_ text: Span<UInt8>, _ part: Range<Int>, progress: (Int) -> Bool) -> Bool {
        var start = part.lowerBound
        while start < part.upperBound {
            guard progress(start) else { return false }
            let stretchEnd = model.preTokenizer.stretchEnd(in: text, from: start, to: part.upperBound)
            for end in model.preTokenizer.wordEnds(in: text, start..<stretchEnd) {
                appendWord(text, start..<end)
                start = end
            }
        }
        return true
    }

    private mutating func appendWord(_ text: Span<UInt8>, _ range: Range<Int>) {
        let word = text.extracting(range)
        guard word.count <= Self.longestRemembered else { return merge(word) }
        let hash = hash(word)
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        let place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        let slot = slots[place]
        if slot.tag == tag, Self.equals(word, text, slot.start, Int(slot.length)) {
            for index in slot.firstID..<slot.firstID + Int(slot.idCount) { ids.append(ids[index]) }
            return
        }
        let firstID = ids.count
        merge(word)
        slots[place] = Slot(
            start: range.lowerBound, firstID: firstID, tag: tag, length: UInt16(word.count),
            idCount: UInt16(ids.count - firstID))
    }

    @inline(__always)
    private static func equals(_ word: Span<UInt8>, _ text: Span<UInt8>, _ start: Int, _ length: Int) -> Bool {
        guard word.count == length else { return false }
        for offset in 0..<length where word[offset] != text[start + offset] { return false }
        return true
    }

    private mutating func merge(_ word: Span<UInt8>) {
        if model.prefersWholeWords, let token = model.symbols.find(word), token < model.tokenCount {
            ids.append(token)
            return
        }
        merger.clear()
        switch model.start {
        case .bytes:
            for offset in word.indices { merger.append(model.byteSymbols[Int(word[offset])], start: offset) }
        case .characters:
            appendCharacters(word)
        }
        merger.merge(model.pairs)
        let firstID = ids.count
        for index in merger.symbols.indices {
            let symbol = merger.symbols[index]
            if symbol >= 0, symbol < model.tokenCount {
                ids.append(symbol)
            } else {
                let next = index + 1 < merger.starts.count ? Int(merger.starts[index + 1]) : word.count
                spell(word.extracting(Int(merger.starts[index])..<next), firstID: firstID)
            }
        }
    }

    private mutating func appendCharacters(_ word: Span<UInt8>) {
        var start = 0
        while start < word.count {
            let length = UTF8Sequence.decode(word, at: start, end: word.count)?.length ?? 1
            let symbol =
                length == 1
                ? model.byteSymbols[Int(word[start])]
                : model.symbols.find(word.extracting(start..<start + length)) ?? -1
            merger.append(symbol, start: start)
            start += length
        }
    }

    /// Encodes text without a token byte by byte. The word's ids start at `firstID`.
    private mutating func spell(_ bytes: Span<UInt8>, firstID: Int) {
        let count = ids.count
        for offset in bytes.indices {
            let token = model.byteTokens[Int(bytes[offset])]
            if token >= 0 {
                ids.append(token)
            } else {
                ids.removeSubrange(count...)
                if let unknown = model.unknown, !(model.fusesUnknown && count > firstID && ids[count - 1] == unknown) {
                    ids.append(unknown)
                }
                return
            }
        }
    }
}
