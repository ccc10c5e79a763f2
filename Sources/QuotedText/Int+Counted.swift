extension Int {
    /// Formats a count with a noun: "1 document", "2 documents".
    package func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
