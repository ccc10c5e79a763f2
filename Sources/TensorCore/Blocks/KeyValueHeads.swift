/// The division of a block's attention by KV heads.
struct KeyValueHeads {
    let count: Int
    private let headDimension: Int
    private let group: Int

    /// nil if threads cannot take whole KV heads, because they are too few or not made of whole panels.
    init?(_ block: UnsafePointer<BlockAddresses>, _ attention: AttentionSteps, threads: Int) {
        let shape = attention.shape
        count = shape.keyValueHeads
        headDimension = shape.headDimension
        group = shape.group
        let forms = block.pointee.mixedForms
        guard attention.isOneStep, count.isMultiple(of: threads) || count >= 4 * threads,
            headDimension.isMultiple(of: block.pointee.query.panelRows),
            headDimension.isMultiple(of: block.pointee.key.panelRows),
            headDimension.isMultiple(of: block.pointee.value.panelRows),
            (group * headDimension).isMultiple(of: forms.columnsTogether)
        else { return nil }
    }

    /// The columns of a KV head's queries, and of their results.
    func queries(_ head: Int) -> Range<Int> { head * group * headDimension..<(head + 1) * group * headDimension }

    /// The columns of its keys, and of its values.
    func keys(_ head: Int) -> Range<Int> { head * headDimension..<(head + 1) * headDimension }
}
