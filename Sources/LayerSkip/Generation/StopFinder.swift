/// A search for stop texts in a text that comes in pieces. It holds back text that may be the beginning of a stop text.
struct StopFinder {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

    /// Appends a piece. Returns the text that is now certain, and the stop text that ended it, if any.
    ///
    /// Texts are compared byte by byte, as tokens are: é as one code point differs from e with an accent.
    mutating func append(_ piece: String) -> (text: String, stop: String?) {
        held += piece.utf8
        if let (start, stop) = firstStop() {
            let text = String(decoding: held[..<start], as: UTF8.self)
            held = []
            return (text, String(decoding: stop, as: UTF8.self))
        }
        let certain = held.count - longestBeginning()
        let text = String(decoding: held[..<certain], as: UTF8.self)
        held.removeFirst(certain)
        return (text, nil)
    }

    /// Returns the text that was held back, which is part of the text after all.
    mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// Returns the stop text that is complete first, and the longest one if several end there.
    ///
    /// So a text ends in the same place regardless of how it was split into pieces.
    private func firstStop() -> (start: Int, stop: [UInt8])? {
        guard !stops.isEmpty else { return nil }
        for end in held.indices {
            let matches = stops.filter { held[...end].suffix($0.count).elementsEqual($0) }
            if let longest = matches.max(by: { $0.count < $1.count }) { return (end + 1 - longest.count, longest) }
        }
        return nil
    }

    /// Returns the number of bytes at the end that are the beginning of a stop text.
    private func longestBeginning() -> Int {
        let longest = stops.map(\.count).max() ?? 0
        let lengths = (0..<min(longest, held.count + 1)).reversed()
        return lengths.first { length in stops.contains { $0.starts(with: held.suffix(length)) } } ?? 0
    }
}
