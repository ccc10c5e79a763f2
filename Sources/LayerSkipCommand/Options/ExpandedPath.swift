import ArgumentParser
import LayerSkip

/// Replaces `~` at the beginning of a path argument by the home folder. Shells do so only if the argument is not
/// quoted, and not in `--output=~/x`.
///
/// - Throws: a usage error for another user's folder (`~name`), or if the home folder is not known.
func expandedPath(_ argument: String) throws -> String {
    do {
        return try HomeFolder.expand(argument)
    } catch {
        throw ValidationError("expected \(error.expected), found \(error.found)")
    }
}
