/// Finds stop texts in a text that comes in pieces, and holds back what may still become one.
struct StopFinder {
    private let stops: [[UInt8]]
    private var held: [UInt8] = []

    init(_ stops: [String]) { self.stops = stops.map { Array($0.utf8) } }

    /// What a piece makes certain: text before a stop text, and that stop text, or text that belongs to none.
    ///
    /// Compared byte by byte: é in one code point is not e with an accent, as in the tokens themselves.
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

    /// What was held back and, at the end, is text after all.
    mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// The stop text that is complete first; the longest of those that end there.
    ///
    /// So the same text ends in the same place however it was cut into pieces.
    private func firstStop() -> (start: Int, stop: [UInt8])? {
        guard !stops.isEmpty else { return nil }
        for end in held.indices {
            let matches = stops.filter { held[...end].suffix($0.count).elementsEqual($0) }
            if let longest = matches.max(by: { $0.count < $1.count }) { return (end + 1 - longest.count, longest) }
        }
        return nil
    }

    /// How many bytes at the end are the beginning of a stop text.
    private func longestBeginning() -> Int {
        let longest = stops.map(\.count).max() ?? 0
        let lengths = (0..<min(longest, held.count + 1)).reversed()
        return lengths.first { length in stops.contains { $0.starts(with: held.suffix(length)) } } ?? 0
    }
}
