/// The name of a part of a split GGUF file: `PREFIX-00002-of-00005.gguf`, as llama-gguf-split names parts.
package struct GGUFPartName: Sendable, Hashable {
    /// The path up to the number.
    package let prefix: String
    /// The number of the part, from 1.
    package let number: Int
    /// The number of parts, at most ``mostParts``.
    package let count: Int

    /// The largest value of `split.count`, a 16-bit number.
    static let mostParts = Int(UInt16.max)

    init(prefix: String, number: Int, count: Int) {
        self.prefix = prefix
        self.number = number
        self.count = count
    }

    /// Takes a path apart; nil if it does not have this form.
    package init?(_ path: String) {
        let fields = path.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, fields[fields.count - 2] == "of", let last = fields.last, last.hasSuffix(".gguf"),
            let count = Int(last.dropLast(5)), (1...Self.mostParts).contains(count),
            let number = Int(fields[fields.count - 3]), (1...count).contains(number)
        else { return nil }
        self.init(prefix: fields.dropLast(3).joined(separator: "-"), number: number, count: count)
        guard self.path == path else { return nil }
    }

    /// The path of the part.
    package var path: String { prefix + suffix }

    /// The path after the prefix.
    var suffix: String { "-\(Self.padded(number))-of-\(Self.padded(count)).gguf" }

    /// The name of another part.
    func part(_ number: Int) -> GGUFPartName { GGUFPartName(prefix: prefix, number: number, count: count) }

    /// The names of all parts.
    package var all: [GGUFPartName] { (1...count).map(part) }

    private static func padded(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
