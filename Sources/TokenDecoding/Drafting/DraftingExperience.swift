/// What texts have learned about drafts: the costs of passes, and how often drafts of which kind were accepted.
package struct DraftingExperience: Sendable {
    var costs = CostModel()
    /// Of lookups; nil before the first text with ``AutoDrafter``.
    var lookups: LookupSource.Chances?
    /// Of lookups that layers judged; nil before.
    var cascade: CascadeSource?
    /// Of layers that drafted.
    var layers: [DraftPath: LayerSource] = [:]

    /// The number of rounds in which exits that did not draft were observed.
    var observations = 0

    /// Creates an experience without observations.
    package init() {}
}
