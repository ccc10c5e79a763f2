/// The path of a file in a repository, checked so that it cannot lead out of a folder. A revision follows the same
/// rules, because it names a file in the cache.
package struct RepositoryPath: Sendable, Hashable {
    package let text: String

    /// Checks a path; nil if it is empty, too long or absolute, has a part that is empty, `.` or `..`, or a character that
    /// file systems or terminals treat specially.
    package init?(_ text: String) {
        guard (1...1024).contains(text.utf8.count) else { return nil }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            guard !part.isEmpty, part != ".", part != "..", part.utf8.count <= 255 else { return nil }
        }
        for byte in text.utf8 where byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\") { return nil }
        self.text = text
    }

    /// The number of folders around the file.
    var depth: Int { text.utf8.count { $0 == UInt8(ascii: "/") } }

    /// The last part.
    package var name: Substring { text.split(separator: "/").last ?? "" }
}
