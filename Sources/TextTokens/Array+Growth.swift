extension Array {
    /// How many bytes ``grow(_:)`` allocates; 0 where there is room already.
    func growth(_ added: Int) -> Int {
        count + added > capacity ? Swift.max(count + added, capacity * 2) * MemoryLayout<Element>.stride : 0
    }

    /// Makes room for more elements, and for as many again, so that growing little by little takes linear time.
    mutating func grow(_ added: Int) {
        if count + added > capacity { reserveCapacity(Swift.max(count + added, capacity * 2)) }
    }
}
