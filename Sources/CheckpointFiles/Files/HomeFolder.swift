/// Expansion of `~` at the beginning of a path, as a shell does it when unquoted. Paths in recipes and in arguments
/// such as `--output=~/x` reach the program unexpanded.
public enum HomeFolder {
    /// The path in the environment variable HOME; nil if it is unset or empty.
    public static var path: String? { SystemCalls.environment("HOME").flatMap { $0.isEmpty ? nil : $0 } }

    /// Replaces a leading `~` with the home folder; write `./~` for a file of that name.
    ///
    /// - Parameter home: the path of the home folder; nil if unknown.
    /// - Throws: for another user's folder (`~name`), or if the home folder is unknown.
    public static func expand(_ path: String, home: String? = Self.path) throws(FileError) -> String {
        guard path.hasPrefix("~") else { return path }
        let rest = path.dropFirst()
        guard rest.isEmpty || rest.hasPrefix("/") else {
            throw FileError(
                file: path, expected: "~/ or a path that does not begin with ~ (./~ for a file called ~)",
                found: path.quoted)
        }
        guard let home else {
            throw FileError(file: path, expected: "the variable HOME, for ~", found: "none in the environment")
        }
        return home + rest
    }
}
