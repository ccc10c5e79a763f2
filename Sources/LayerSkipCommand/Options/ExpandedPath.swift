import ArgumentParser
import LayerSkip

/// Reads an argument that is a path: `~` at its beginning is the home folder, which a shell puts there only where the
/// argument is not quoted, and not in `--output=~/x`.
///
/// - Throws: a matter of usage, for another user's folder (`~name`), or where the home folder is not known.
func expandedPath(_ argument: String) throws -> String {
    do {
        return try HomeFolder.expand(argument)
    } catch {
        throw ValidationError("expected \(error.expected), found \(error.found)")
    }
}
