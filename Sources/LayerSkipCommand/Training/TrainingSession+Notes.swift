import LayerSkip

extension TrainingSession {
    /// Notes on a run's recipe and data: how documents become sequences, what is in none of them, and which settings
    /// have no effect.
    var notes: [String] {
        let sequences = training.sequencesPerEpoch.counted("sequence")
        let first =
            "training on \(sequences) of \(training.length.counted("token")), made of \(training.packing.summary), "
            + training.mask.summary
        return [first] + training.notes.map { "note: data.training: " + $0 }
            + ((validation?.notes ?? []) + limit + shared).map { "note: data.validation: " + $0 } + recipe.notes + exits
    }

    /// A note if `exits.layers` names no early exit.
    private var exits: [String] {
        guard recipe.exits.trained == [layerCount] else { return [] }
        return ["note: exits.layers: names only the last layer, so no early exit is trained"]
    }

    /// A note if some validation documents are trained on.
    private var shared: [String] {
        guard let validation, sharedDocumentCount > 0 else { return [] }
        return [
            "\(sharedDocumentCount) of \(validation.documentCount.counted("document")) are also in data.training, so "
                + "the loss may be too low (split the texts before prepare-data)"
        ]
    }

    /// A note if `validation.batches` leaves sequences out.
    private var limit: [String] {
        guard let all = validation?.sequencesPerEpoch else { return [] }
        let measured = recipe.validation.batches * min(recipe.validation.sequences ?? recipe.batch.sequences, all)
        return measured < all
            ? ["measured on \(measured) of \(all.counted("sequence")), limited by validation.batches"] : []
    }
}

extension BatchSampler.Packing {
    /// The packing in words, for use after "made of".
    fileprivate var summary: String {
        switch self {
        case .windows: "windows (data.packing: windows)"
        case .documents: "whole documents (data.packing: documents)"
        }
    }
}

extension BatchSampler.Mask {
    /// The mask in words, for use after a comma.
    fileprivate var summary: String {
        switch self {
        case .document: "each document by itself (data.mask: document)"
        case .none: "without a mask (data.mask: none)"
        }
    }
}

extension BatchSampler {
    /// Notes on probable mistakes and on lost tokens.
    fileprivate var notes: [String] {
        var notes: [String] = []
        func documents(_ count: Int) -> String { "\(count) of \(documentCount.counted("document"))" }
        if packing == .windows, promptedDocumentCount > 0 {
            notes.append(
                "windows score prompts like answers, and \(documents(promptedDocumentCount)) have a prompt "
                    + "(data.packing=documents scores answers only)")
        }
        if losses.cutDocuments > 0 {
            let other = promptedDocumentCount == 0 ? ", or use data.packing=windows" : ""
            notes.append(
                "cut to the length of a sequence: \(documents(losses.cutDocuments)), which lose "
                    + "\(losses.cutTokens.counted("token")), including their end-of-text (raise batch.length\(other))")
        }
        if losses.droppedDocuments > 0 {
            notes.append(
                "left out: \(documents(losses.droppedDocuments)) with \(losses.droppedTokens.counted("token")), "
                    + "because a prompt fills the sequence or there is a single token (raise batch.length)")
        }
        if losses.tailTokens > 0 {
            notes.append(
                "left out: \(losses.tailTokens.counted("token")) at the ends of shards that make no whole sequence")
        }
        return notes
    }
}
