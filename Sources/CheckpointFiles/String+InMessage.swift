extension String {
    /// The text itself if it is short and printable, such as a key or a number that a message names; else ``quoted``.
    package var inMessage: String {
        let quoted = quoted
        return quoted == "\"\(self)\"" ? self : quoted
    }
}
