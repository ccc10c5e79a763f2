/// Notes for the user about what had to be assumed about a model, such as the meaning of an unknown key.
///
/// Notes describe how a configuration was read, not the model, so they never make two configurations differ.
package struct AssumptionNotes: Sendable, Equatable {
    /// The notes, each a sentence without a full stop.
    package private(set) var texts: [String] = []

    /// Adds a note, unless it is already there.
    package mutating func add(_ text: String) {
        if !texts.contains(text) { texts.append(text) }
    }

    package static func == (_: Self, _: Self) -> Bool { true }
}
