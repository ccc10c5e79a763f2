/// The tokens that are matched whole, by their texts. Texts are compared byte by byte: Swift's strings are equal where
/// they are canonically equivalent, such as é in one code point and e with an accent.
struct WholeTokenNames: Sendable {
    private var texts: ByteStringTable
    private let ids: [Int32]

    init(_ tokens: [(id: Int32, text: String)]) {
        texts = ByteStringTable(minimumCapacity: tokens.count)
        for token in tokens { texts.add(token.text.utf8) }
        ids = tokens.map(\.id)
    }

    /// The first token with exactly this text.
    func find(_ text: String) -> Int32? {
        texts.find(Array(text.utf8).span).map { ids[Int($0)] }
    }
}
