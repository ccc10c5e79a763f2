import CheckpointFiles
import TextTokens

extension Checkpoint {
    /// What of the model's text is guessed, or gets lost in an export; for people. Empty where the tokenizer cannot be
    /// read: where that is an error, writing says so.
    func textNotes(for target: CheckpointExport.Target) -> [String] {
        guard let definition = try? tokenizerDefinition(), let tokenizer = try? tokenizer() else { return [] }
        var notes = tokenizer.notes + [chatNote(tokenizer, for: target)].compactMap(\.self)
        guard case .folder = files, target == .gguf else { return notes }
        let lost = definition.furtherEnds.lost
        if !lost.isEmpty {
            notes.append("a GGUF file has no place for the further tokens that end texts: \(lost)")
        }
        if definition.fusesUnknown {
            notes.append(
                "a GGUF file has no place for fuse_unk: each byte without a token is an unknown one of its own")
        }
        if let settings = passed.lostInGGUF { notes.append(settings) }
        return notes
    }

    /// How conversations come to begin in another way: with a GGUF file they begin as its texts do, and with a folder
    /// as the template writes.
    private func chatNote(_ tokenizer: Tokenizer, for target: CheckpointExport.Target) -> String? {
        guard tokenizer.addsBeginningOfText, tokenizer.beginningOfText != nil,
            tokenizer.addsBeginningOfChats != (target == .gguf), let jinja = chatTemplate,
            let template = try? ChatTemplate(jinja: jinja), !template.writesBeginningOfText
        else { return nil }
        return target == .gguf
            ? "conversations will begin with the token that begins texts: a GGUF file has one rule for both"
            : "conversations will begin without the token that begins texts: the chat template does not write it"
    }
}
