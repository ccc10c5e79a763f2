/// A drafter that proposes nothing: plain decoding.
package struct NoDrafter: Drafter {
    package let draftLength = 0

    /// Creates the drafter.
    package init() {}

    package mutating func next(_ context: DraftingContext) -> DraftStep { .done }
}
