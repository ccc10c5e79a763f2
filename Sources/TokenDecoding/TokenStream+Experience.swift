extension TokenStream {
    /// Takes over what other texts have learned about drafts. A text sampled with rejections takes over nothing: drafts
    /// influence it, so it must not depend on earlier texts.
    package func learn(from experience: DraftingExperience) {
        guard sampler.acceptance != .rejection, var drafter = drafter as? AutoDrafter else { return }
        drafter.learn(from: experience)
        self.drafter = drafter
    }

    /// Adds what this text has learned. One sampled with rejections adds nothing, because it began with nothing.
    package func teach(_ experience: inout DraftingExperience) {
        guard sampler.acceptance != .rejection else { return }
        (drafter as? AutoDrafter)?.teach(&experience)
    }
}
