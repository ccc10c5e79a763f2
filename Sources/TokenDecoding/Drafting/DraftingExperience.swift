/// What texts have learned about drafts: the costs of passes, and how often drafts of which kind were accepted.
package struct DraftingExperience: Sendable {
    var costs = CostModel()
    /// Of lookups, and of the last exit that drafted; nil before the first text with ``AutoDrafter``.
    var lookups: LookupSource.Chances?
    var exit: ExitSource?

    /// Creates an experience without observations.
    package init() {}
}
