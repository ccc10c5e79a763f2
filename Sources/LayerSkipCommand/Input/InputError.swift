/// A file or standard input that could not be read as text.
struct InputError: Error, CustomStringConvertible {
    let name: String
    let expected: String
    let found: String

    var description: String { "\(name): expected \(expected), found \(found)" }
}
