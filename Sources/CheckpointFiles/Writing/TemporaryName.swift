/// Names of files, folders and links that are not complete yet: `NAME.PROCESS-NUMBER.partial`, beside NAME.
enum TemporaryName {
    private static let ending = "partial"
    /// The most bytes that file systems allow for a name, less those that follow NAME.
    private static let longestBeginning = 255 - ".2147483647-4294967295.partial".utf8.count

    /// A name in the same folder that nobody uses.
    static func make(beside path: String) -> String {
        let parts = PathParts(path)
        let number = UInt32.random(in: 0 ... .max)
        let name = "\(beginning(parts.name)).\(SystemCalls.processIdentifier)-\(number).\(ending)"
        return parts.folder == "." && !path.hasPrefix("./") ? name : "\(parts.folder)/\(name)"
    }

    /// The process that made a name; nil if it is not one of these names, but another program's.
    ///
    /// - Parameter original: the name that it stands for; nil allows all.
    static func process(_ name: String, standingFor original: String? = nil) -> Int32? {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeLast() == ending else { return nil }
        let numbers = parts.removeLast().split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ $0.allSatisfy(\.isNumber) }), UInt32(numbers[1]) != nil,
            let process = Int32(numbers[0]), process > 0
        else { return nil }
        return original.map { parts.joined(separator: ".") == beginning($0) } ?? true ? process : nil
    }

    /// As much of a name as there is room for.
    private static func beginning(_ name: String) -> String {
        var result = name[...]
        while result.utf8.count > longestBeginning { result.removeLast() }
        return String(result)
    }
}
