import CheckpointFiles
import TextTokens

extension Checkpoint {
    /// What of the model's text is guessed, or gets lost in an export; for people. Empty where the tokenizer cannot be
    /// read: where that is an error, writing says so.
    func textNotes(for target: CheckpointExport.Target) -> [String] {
        guard let definition = try? TokenizerDefinition(self), let tokenizer = try? definition.tokenizer(in: self)
        else {
            return []
        }
        guard case .folder = self, target == .gguf else { return tokenizer.notes }
        var notes = tokenizer.notes
        let lost = definition.furtherEnds.lost
        if !lost.isEmpty {
            notes.append("a GGUF file has no place for the further tokens that end texts: \(lost)")
        }
        if let settings = try? PassedSettings(self).lostInGGUF { notes.append(settings) }
        return notes
    }
}
