/// Values that count against the limits.
extension Rendering {
    func list(_ items: [Value]) throws(TemplateError) -> ListValue {
        try count(elements: items.count)
        return try checked(ListValue(unchecked: items), \.depth)
    }

    func listValue(_ items: [Value]) throws(TemplateError) -> Value { .list(try list(items)) }

    func dictionary(_ members: [(key: Value, value: Value)]) throws(TemplateError) -> DictionaryValue {
        try count(elements: members.count)
        try count(steps: 2 * members.count)
        var hashed: [(key: Value, hash: DictionaryKey, value: Value)] = []
        hashed.reserveCapacity(members.count)
        for (key, value) in members { hashed.append((key, try self.key(key), value)) }
        return try checked(DictionaryValue(unchecked: hashed), \.depth)
    }

    /// The value as a key of a dictionary.
    func key(_ value: Value) throws(TemplateError) -> DictionaryKey {
        guard let key = DictionaryKey(value) else {
            throw failure(expected: "a key that can be compared", found: value.typeName)
        }
        return key
    }

    /// An iterator over what another value of this depth yields.
    func iterator(depth: Int, _ next: @escaping IteratorValue.Source) throws(TemplateError) -> Value {
        .iterator(
            try checked(IteratorValue(depth: depth + 1) { () throws(TemplateError) in try self.nested(next) }, \.depth))
    }

    /// An iterator whose arguments are looked at only when its first element is asked for, as with Python's generators.
    func lazyIterator(depth: Int, _ make: @escaping () throws(TemplateError) -> IteratorValue.Source)
        throws(TemplateError) -> Value
    {
        try count(steps: 4)
        var source: IteratorValue.Source?
        return try iterator(depth: depth) { () throws(TemplateError) in
            if let source { return try source() }
            let made = try make()
            source = made
            return try made()
        }
    }

    private func checked<Container>(_ value: Container, _ depth: (Container) -> Int) throws(TemplateError) -> Container
    {
        guard depth(value) <= limits.valueDepth else {
            throw .limitExceeded(line: line, what: "lists within each other", limit: limits.valueDepth)
        }
        return value
    }

    /// The elements of a value that can be gone through.
    func items(of value: Value) throws(TemplateError) -> [Value] {
        switch value {
        case .undefined: return []
        case .list(let list), .tuple(let list): return list.items
        case .dictionary(let dictionary): return dictionary.keys
        case .view(let view):
            try count(elements: view.dictionary.count)
            return view.items
        case .text(let text): return try characters(of: text)
        case .range(let range):
            try count(elements: range.count)
            return (0..<range.count).map { .integer(range[$0]) }
        case .iterator(let iterator):
            var items: [Value] = []
            while let item = try iterator.next() {
                try count(steps: 1)
                items.append(item)
            }
            return items
        case .object(let loop as LoopValue): return try loop.remaining(self)
        default: throw failure(expected: "a sequence", found: value.typeName)
        }
    }

    private func characters(of text: MarkedText) throws(TemplateError) -> [Value] {
        try count(elements: text.count)
        var text = text
        text.isMarkup = false
        let offsets = text.offsets
        return (0..<(offsets.count - 1)).map { [text] in .text(text[offsets[$0]..<offsets[$0 + 1]]) }
    }

    /// The elements one by one, so that an iterator is only asked for those that are needed.
    func source(of value: Value) throws(TemplateError) -> IteratorValue.Source {
        if case .iterator(let iterator) = value { return iterator.next }
        let items = try items(of: value)
        var index = 0
        return {
            guard index < items.count else { return nil }
            index += 1
            return items[index - 1]
        }
    }

    /// What Python's `len` says.
    func length(of value: Value) throws(TemplateError) -> Int {
        switch value {
        case .undefined: return 0
        case .text(let text):
            try count(steps: text.bytes.count / 64)
            return text.count
        case .list(let list), .tuple(let list): return list.items.count
        case .dictionary(let dictionary): return dictionary.count
        case .view(let view): return view.dictionary.count
        case .range(let range): return range.count
        case .object(let loop as LoopValue): return try loop.length(self)
        default: throw failure(expected: "a value with a length", found: value.typeName)
        }
    }
}
