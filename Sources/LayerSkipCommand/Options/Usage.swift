import ArgumentParser
import LayerSkip

/// Makes an option that has no meaning for any model a matter of usage, found before anything is loaded.
func checkUsage(_ validate: () throws(DecodingError) -> Void) throws {
    do { try validate() } catch { throw ValidationError("\(error)") }
}
