/// A binary heap that pops its smallest item first.
struct MinimumHeap<Item: Comparable & Sendable>: Sendable {
    private var items: [Item] = []

    mutating func push(_ item: Item) {
        items.append(item)
        var place = items.count - 1
        while place > 0, item < items[(place - 1) / 2] {
            items[place] = items[(place - 1) / 2]
            place = (place - 1) / 2
        }
        items[place] = item
    }

    mutating func popLeast() -> Item? {
        guard let least = items.first, let last = items.popLast() else { return nil }
        if items.isEmpty { return least }
        var place = 0
        while true {
            var child = place * 2 + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < last else { break }
            items[place] = items[child]
            place = child
        }
        items[place] = last
        return least
    }
}
