/// The tokens that are matched as a whole, by text. Texts are compared byte by byte, because Swift's strings are equal
/// if they are canonically equivalent, such as é as one code point or two.
struct WholeTokenNames: Sendable {
    private var texts: ByteStringTable
    private let ids: [Int32]

    init(_ tokens: [(id: Int32, text: String)]) {
        texts = ByteStringTable(minimumCapacity: tokens.count)
        for token in tokens { texts.add(token.text.utf8) }
        ids = tokens.map(\.id)
    }

    /// The id of the first token with exactly this text.
    func find(_ text: String) -> Int32? {
        texts.find(Array(text.utf8).span).map { ids[Int($0)] }
    }
}
