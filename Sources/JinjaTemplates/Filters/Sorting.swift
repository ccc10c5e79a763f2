extension Rendering {
    /// The values in the order of their keys; equal ones stay in order, also in reverse.
    func sorted(_ items: [Value], keys: [[Value]], isReversed: Bool) throws(TemplateError) -> [Value] {
        // Comparisons and the copies that they lead to; merging adds what depends on the values.
        try count(steps: 2 * items.count)
        var order = Array(items.indices)
        var width = 1
        while width < order.count {
            var merged: [Int] = []
            merged.reserveCapacity(order.count)
            var start = 0
            while start < order.count {
                let middle = min(start + width, order.count)
                let end = min(start + 2 * width, order.count)
                try merge(order[start..<middle], order[middle..<end], keys, isReversed, into: &merged)
                start = end
            }
            order = merged
            width *= 2
        }
        return order.map { items[$0] }
    }

    private func merge(
        _ left: ArraySlice<Int>, _ right: ArraySlice<Int>, _ keys: [[Value]], _ isReversed: Bool,
        into merged: inout [Int]
    ) throws(TemplateError) {
        var (left, right) = (left, right)
        while let first = left.first, let second = right.first {
            try count(steps: 2)
            let takesSecond =
                isReversed
                ? try isLess(keys[first], keys[second]) : try isLess(keys[second], keys[first])
            merged.append(takesSecond ? second : first)
            if takesSecond { right.removeFirst() } else { left.removeFirst() }
        }
        merged += left
        merged += right
    }

    func isLess(_ left: [Value], _ right: [Value]) throws(TemplateError) -> Bool {
        for (left, right) in zip(left, right) {
            if left.isUndefined || right.isUndefined { return try order(left, right) == .less }
            if try !areEqual(left, right) { return try order(left, right) == .less }
        }
        return false
    }
}
