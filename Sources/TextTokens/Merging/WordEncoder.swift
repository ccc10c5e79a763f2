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

    private let model: Tokenizer.Model
    private let givesControlTokens: Bool
    private var unigram: UnigramEncoder?
    private(set) var ids: [Int32] = []
    /// The characters that had no token and were dropped, each once, unless a cached word repeats them.
    private(set) var lost: Set<[UInt8]> = []
    private var merger = WordMerger()
    private var slots: [Slot]

    /// The maximum length of a cached word; longer words seldom recur. It fits a slot's counters, since a byte gives at
    /// most one id.
    private static let longestRemembered = 48

    /// - Parameter givesControlTokens: whether merges may give control tokens, as in Hugging Face's library.
    init(_ model: Tokenizer.Model, textLength: Int, givesControlTokens: Bool = false) {
        self.model = model
        self.givesControlTokens = givesControlTokens
        if case .unigram(let model) = model {
            unigram = UnigramEncoder(model, givesControlTokens: givesControlTokens)
        }
        var size = 16
        while size < textLength / 16, size < 1 << 17 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
        ids.reserveCapacity(textLength / 3 + 4)
    }

    mutating func append(_ id: Int32) { ids.append(id) }

    mutating func append(_ more: [Int32]) { ids += more }

    /// Encodes a word, which must be a range of the same text in every call.
    mutating func appendWord(_ text: Span<UInt8>, _ range: Range<Int>) {
        let word = text.extracting(range)
        guard word.count <= Self.longestRemembered else { return encode(word) }
        let hash = hash(word)
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        let place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        let slot = slots[place]
        if slot.tag == tag, Self.equals(word, text, slot.start, Int(slot.length)) {
            for index in slot.firstID..<slot.firstID + Int(slot.idCount) { ids.append(ids[index]) }
            return
        }
        let firstID = ids.count
        encode(word)
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

    private mutating func encode(_ word: Span<UInt8>) {
        switch model {
        case .merges(let model): merge(word, model)
        case .unigram: unigram?.append(word, to: &ids)
        }
    }

    private mutating func merge(_ word: Span<UInt8>, _ model: SharedMergeModel) {
        if model.value.prefersWholeWords, let token = model.value.symbols.find(word), token < model.value.tokenCount {
            ids.append(token)
            return
        }
        merger.clear()
        if model.value.resolvesUnknownFirst {
            appendResolved(word, model)
        } else {
            forEachSymbol(of: word, model) { merger, symbol, range in merger.append(symbol, start: range.lowerBound) }
        }
        merger.merge(model.value.pairs)
        let firstID = ids.count
        for index in merger.symbols.indices {
            let symbol = merger.symbols[index]
            if symbol >= 0, symbol < model.value.tokenCount {
                ids.append(symbol)
            } else if let id = model.value.hidden[symbol] ?? (givesControlTokens ? model.value.control[symbol] : nil) {
                ids.append(id)
            } else {
                let next = index + 1 < merger.starts.count ? Int(merger.starts[index + 1]) : word.count
                spell(word.extracting(Int(merger.starts[index])..<next), model, firstID: firstID)
            }
        }
    }

    /// Calls a function with each initial symbol of a word, -1 for unknown ones.
    @inline(__always)
    private mutating func forEachSymbol(
        of word: Span<UInt8>, _ model: SharedMergeModel, _ body: (inout WordMerger, Int32, Range<Int>) -> Void
    ) {
        switch model.value.start {
        case .bytes:
            for offset in word.indices {
                body(&merger, model.value.byteSymbols[Int(word[offset])], offset..<offset + 1)
            }
        case .characters:
            var start = 0
            while start < word.count {
                let length = UTF8Sequence.decode(word, at: start, end: word.count)?.length ?? 1
                let symbol =
                    length == 1
                    ? model.value.byteSymbols[Int(word[start])]
                    : model.value.symbols.find(word.extracting(start..<start + length)) ?? -1
                body(&merger, symbol, start..<start + length)
                start += length
            }
        }
    }

    /// Appends the symbols of a word with each unknown character as the tokens of its bytes, as the unknown token or
    /// not at all. As in Hugging Face's library, the unknown token follows bytes between it and the next known
    /// character.
    private mutating func appendResolved(_ word: Span<UInt8>, _ model: SharedMergeModel) {
        var unknown: (symbol: Int32, start: Int)?
        var lost: [[UInt8]] = []
        forEachSymbol(of: word, model) { merger, symbol, range in
            if symbol >= 0 {
                if let held = unknown { merger.append(held.symbol, start: held.start) }
                unknown = nil
                merger.append(symbol, start: range.lowerBound)
            } else if model.value.start == .characters, range.allSatisfy({ model.value.byteTokens[Int(word[$0])] >= 0 })
            {
                for place in range { merger.append(model.value.byteTokens[Int(word[place])], start: place) }
            } else if let token = model.value.unknown {
                if let held = unknown, !model.value.fusesUnknown { merger.append(held.symbol, start: held.start) }
                if unknown == nil || !model.value.fusesUnknown { unknown = (token, range.lowerBound) }
            } else {
                lost.append(range.map { word[$0] })
            }
        }
        if let held = unknown { merger.append(held.symbol, start: held.start) }
        self.lost.formUnion(lost)
    }

    /// Encodes text without a token, such as that of a control token, character by character or byte by byte. The
    /// word's ids start at `firstID`.
    private mutating func spell(_ text: Span<UInt8>, _ model: SharedMergeModel, firstID: Int) {
        guard model.value.start == .characters else { return spellBytes(text, model, firstID: firstID) }
        var start = 0
        while start < text.count {
            let end = start + (UTF8Sequence.decode(text, at: start, end: text.count)?.length ?? 1)
            let character = text.extracting(start..<end)
            if let token = model.value.symbols.find(character), token < model.value.tokenCount {
                ids.append(token)
            } else {
                spellBytes(character, model, firstID: firstID)
            }
            start = end
        }
    }

    private mutating func spellBytes(_ bytes: Span<UInt8>, _ model: SharedMergeModel, firstID: Int) {
        let count = ids.count
        for offset in bytes.indices {
            let token = model.value.byteTokens[Int(bytes[offset])]
            if token >= 0 {
                ids.append(token)
            } else {
                ids.removeSubrange(count...)
                if let unknown = model.value.unknown {
                    if !(model.value.fusesUnknown && count > firstID && ids[count - 1] == unknown) {
                        ids.append(unknown)
                    }
                } else {
                    lost.insert(bytes.indices.map { bytes[$0] })
                }
                return
            }
        }
    }
}
