extension Array {
    /// The number of bytes that ``grow(_:)`` allocates; 0 if the capacity suffices.
    func growth(_ added: Int) -> Int {
        count + added > capacity ? Swift.max(count + added, capacity * 2) * MemoryLayout<Element>.stride : 0
    }

    /// Reserves capacity for more elements, at least doubling it, so that repeated growth takes linear time.
    mutating func grow(_ added: Int) {
        if count + added > capacity { reserveCapacity(Swift.max(count + added, capacity * 2)) }
    }
}
