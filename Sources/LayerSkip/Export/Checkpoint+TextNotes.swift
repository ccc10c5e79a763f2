import CheckpointFiles
import TextTokens

extension Checkpoint {
    /// Returns notes for people on what is guessed about the model's text or gets lost in an export. They are empty if
    /// the tokenizer cannot be read; if that is an error, writing reports it.
    func textNotes(for target: CheckpointExport.Target) -> [String] {
        guard let definition = try? tokenizerDefinition(), let tokenizer = try? tokenizer() else { return [] }
        var notes = tokenizer.notes + [chatNote(tokenizer, for: target)].compactMap(\.self)
        if target == .safetensors { notes += definition.jsonNotes }
        guard case .folder = files, target == .gguf else { return notes }
        let others = definition.furtherEnds.others
        if !others.isEmpty { notes.append("llama.cpp will not know these further tokens that end texts: \(others)") }
        var metadata = GGUFMetadata(file: path)
        let lost = (try? definition.write(to: &metadata, count: 0)) ?? []
        if !lost.isEmpty, metadata[GGUFTokenizerKey.huggingFace] == nil {
            notes.append("a GGUF file does not express all of the tokenizer (\(lost.joined(separator: ", ")))")
        } else if lost == [TokenizerDefinition.unknownPart], let loss = tokenizer.possibleLoss {
            notes.append(
                "\(loss); programs that do not read \(GGUFTokenizerKey.huggingFace) in the file, such as "
                    + "llama.cpp, may encode the characters next to them otherwise")
        } else if !lost.isEmpty {
            notes.append(
                "the file has a tokenizer.json too, as \(GGUFTokenizerKey.huggingFace): programs that do not read it, "
                    + "such as llama.cpp, may encode some texts otherwise (\(lost.joined(separator: ", ")))")
            notes += definition.jsonNotes
        } else if let note = definition.llamaCppNote {
            notes.append(note)
        }
        if let settings = passed.lostInGGUF { notes.append(settings) }
        return notes
    }

    /// Returns a note if an export changes the beginning of conversations. With a GGUF file they begin as other texts
    /// do, with a folder as the template says.
    private func chatNote(_ tokenizer: Tokenizer, for target: CheckpointExport.Target) -> String? {
        guard tokenizer.addsBeginningOfText, let beginning = tokenizer.beginningOfText,
            tokenizer.addsBeginningOfChats != (target == .gguf), let jinja = chatTemplate,
            let template = try? templates.template(jinja: jinja),
            let segments = try? template.segments(
                [ChatMessage(role: .user, content: "Hello")], addingGenerationPrompt: true),
            let ids = try? tokenizer.encode(segments, addingSpecialTokens: false), ids.first != beginning
        else { return nil }
        return target == .gguf
            ? "conversations will begin with the token that begins texts: a GGUF file has one rule for both"
            : "conversations will begin without the token that begins texts: the chat template does not write it"
    }
}
