/// The folder for files that can always be made again.
package enum CacheFolder {
    /// `layerskip` in the user's cache, which is `$XDG_CACHE_HOME` or else `~/.cache` (XDG Base Directory
    /// Specification). It need not exist.
    ///
    /// - Throws: if neither variable says where that is.
    package static func path(
        stated: String? = SystemCalls.environment("XDG_CACHE_HOME"), home: String? = HomeFolder.path
    ) throws(CheckpointError) -> String {
        // The specification says to ignore relative paths.
        if let stated, stated.hasPrefix("/") { return "\(stated)/layerskip" }
        guard let home else {
            throw CheckpointError(
                file: "user's cache", expected: "an absolute path in the variable XDG_CACHE_HOME, or HOME",
                found: "neither")
        }
        return "\(home)/.cache/layerskip"
    }
}
