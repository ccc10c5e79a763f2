extension SentencePieceRules {
    /// Whether these rules only represent spaces by marks, and may add one before a text.
    var onlyMarksSpaces: Bool {
        charsmap.isEmpty && !addsSpaceAtEnd && !collapsesSpaces && keptTexts.isEmpty
    }

    /// Steps of Hugging Face's tokenizers that rewrite almost all texts in the same way.
    ///
    /// They differ for texts that contain kept texts, and where a text of the table spans several characters.
    var steps: [NormalizerStep] {
        let mark = "\u{2581}"
        var steps: [NormalizerStep] = charsmap.isEmpty ? [] : [.precompiled(charsmap)]
        if collapsesSpaces {
            steps += [.replace(.regex("\\A +| +\\z"), with: ""), .replace(.regex(" {2,}"), with: " ")]
        }
        if addsDummySpace {
            steps.append(addsSpaceAtEnd ? .replace(.regex("(?<=(?m:.))\\z"), with: mark) : .prepend(mark))
        }
        return steps + [.replace(.text(" "), with: mark)]
    }
}
