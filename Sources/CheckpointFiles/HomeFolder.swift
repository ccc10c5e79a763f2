/// `~` at the beginning of a path, as a shell reads it where it stands unquoted. Recipes and arguments such as
/// `--output=~/x` reach the program without having been read by one.
public enum HomeFolder {
    /// The path in the environment variable HOME; nil where there is none.
    public static var path: String? { SystemCalls.environment("HOME").flatMap { $0.isEmpty ? nil : $0 } }

    /// A path with the home folder in place of `~`; `./~` is a file of that name.
    ///
    /// - Parameter home: the path of the home folder; nil where it is not known.
    /// - Throws: for another user's folder (`~name`), or where the home folder is not known.
    public static func expand(_ path: String, home: String? = Self.path) throws(FileError) -> String {
        guard path.hasPrefix("~") else { return path }
        let rest = path.dropFirst()
        guard rest.isEmpty || rest.hasPrefix("/") else {
            throw FileError(
                file: path, expected: "~/ or a path without ~ at its beginning (./~ for such a name)",
                found: path.quoted)
        }
        guard let home else {
            throw FileError(file: path, expected: "the variable HOME, for ~", found: "none in the environment")
        }
        return home + rest
    }
}
