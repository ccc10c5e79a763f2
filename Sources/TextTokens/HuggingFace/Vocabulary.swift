import QuotedText

/// The tokens of a tokenizer.json by id, with lookup by text. Texts are compared byte by byte, because Swift's strings
/// are equal if they are canonically equivalent.
struct Vocabulary {
    /// The maximum number of ids; the largest vocabularies in use have a quarter of a million.
    static let largest = 1 << 24

    /// The token of each id; nil for ids without one.
    private(set) var tokens: [String?] = []
    /// The score of each token, in files that have scores.
    private(set) var scores: [Double]?
    /// The tokens of the model whose ids added tokens have taken, because ids are missing before them.
    private(set) var hidden: [Int32: String] = [:]
    private var ids: [Int32] = []
    private var table: ByteStringTable
    /// The number of texts.
    private var count = 0
    /// The number of texts in the model's own vocabulary.
    private var vocabularyCount = 0
    /// The highest id of an added token so far.
    private var lastAdded: Int32 = -1

    /// Reads `model.vocab`: an object of ids by text, or a list of texts with scores.
    init(_ place: JSONPlace) throws(TokenizerError) {
        switch place.value {
        case .object(let members):
            table = ByteStringTable(minimumCapacity: members.count)
            for member in members {
                let id = try JSONPlace(value: member.value, path: place.path).count()
                try put(member.key, at: id, limit: 2 * members.count + 65536, place)
            }
        case .list(let items):
            table = ByteStringTable(minimumCapacity: items.count)
            var scores: [Double] = []
            for (id, item) in items.enumerated() {
                guard case .list(let pair) = item, pair.count == 2, case .text(let text) = pair[0],
                    case .number(let score) = pair[1]
                else { throw place.mismatch("a text and its score at \(id)", found: item.kind) }
                try put(text, at: id, limit: items.count, place)
                scores.append(score)
            }
            self.scores = scores
        default: throw place.mismatch("an object or a list")
        }
        vocabularyCount = count
        guard count > 0 else { throw place.mismatch("1 to \(Self.largest) tokens", found: "0") }
    }

    /// The id of a text.
    func id(of text: String) -> Int32? { table.find(Array(text.utf8).span).map { ids[Int($0)] } }

    private mutating func put(_ text: String, at id: Int, limit: Int, _ place: JSONPlace) throws(TokenizerError) {
        guard id < min(limit, Self.largest) else {
            throw place.mismatch("ids below \(min(limit, Self.largest))", found: "\(id)")
        }
        while tokens.count <= id { tokens.append(nil) }
        guard tokens[id] == nil else { throw place.mismatch("each id once", found: "\(id) twice") }
        if !text.isEmpty, let known = table.find(Array(text.utf8).span) {
            throw place.mismatch("each token once", found: "\(text.quoted) as \(ids[Int(known)]) and \(id)")
        }
        tokens[id] = text
        table.add(text.utf8)
        ids.append(Int32(id))
        count += 1
    }

    /// Adds a token that the model's vocabulary may have or not, and returns its id. New tokens get the id that Hugging
    /// Face's library gives them, whatever the file states: the next after the vocabulary's and the earlier ones.
    mutating func add(_ text: String, _ place: JSONPlace) throws(TokenizerError) -> Int32 {
        defer { lastAdded = max(lastAdded, id(of: text) ?? -1) }
        if let known = id(of: text) { return known }
        let next = max(vocabularyCount, Int(lastAdded) + 1)
        if tokens.indices.contains(next), let taken = tokens[next] {
            hidden[Int32(next)] = taken
            tokens[next] = nil
        }
        try put(text, at: next, limit: Self.largest, place)
        return Int32(next)
    }
}
