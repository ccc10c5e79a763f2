/// The names of incomplete files, folders and links: `NAME.PROCESS-NUMBER.partial`, next to NAME.
enum TemporaryName {
    private static let ending = "partial"
    /// The maximum length of a file name in bytes, minus the suffix after NAME.
    private static let longestBeginning = 255 - ".2147483647-4294967295.partial".utf8.count

    /// Makes a random name in the same folder.
    static func make(nextTo path: String) -> String {
        let parts = PathParts(path)
        let number = UInt32.random(in: 0 ... .max)
        let name = "\(beginning(parts.name)).\(SystemCalls.processIdentifier)-\(number).\(ending)"
        return parts.folder == "." && !path.hasPrefix("./") ? name : "\(parts.folder)/\(name)"
    }

    /// The process that made a name; nil if the name does not have this form.
    ///
    /// - Parameter original: the NAME it must stand for; nil allows any.
    static func process(_ name: String, standingFor original: String? = nil) -> Int32? {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeLast() == ending else { return nil }
        let numbers = parts.removeLast().split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isNumber) }), UInt32(numbers[1]) != nil,
            let process = Int32(numbers[0]), process > 0
        else { return nil }
        return original.map { parts.joined(separator: ".") == beginning($0) } ?? true ? process : nil
    }

    /// The longest prefix of a name that leaves room for the suffix.
    private static func beginning(_ name: String) -> String {
        var result = name[...]
        while result.utf8.count > longestBeginning { result.removeLast() }
        return String(result)
    }
}
