/// What texts have learned about drafts: the costs of passes, and how often drafts of which kind were accepted.
package struct DraftingExperience: Sendable {
    var costs = CostModel()
    /// Of lookups; nil before the first text with ``AutoDrafter``.
    var lookups: LookupSource.Chances?
    /// Of lookups that layers judged; nil before.
    var cascade: CascadeSource?
    /// Of layers that drafted.
    var layers: [DraftPath: LayerSource] = [:]

    /// Creates an experience without observations.
    package init() {}
}
