/// Attributes, elements, slices and calls, with the rules of Jinja's sandbox.
extension Rendering {
    /// `value.name`: a method or attribute, otherwise an element with this key.
    func attribute(_ name: String, of value: Value) throws(TemplateError) -> Value {
        if let found = try ownAttribute(name, of: value) { return found }
        if case .dictionary(let dictionary) = value { return member(DictionaryKey(name), name, of: dictionary) }
        return missing(name, of: value)
    }

    /// `dictionary.name`, where no method has the name.
    func member(_ key: DictionaryKey, _ name: String, of dictionary: DictionaryValue) -> Value {
        dictionary.value(for: key) ?? missing(name, of: .dictionary(dictionary))
    }

    /// `value[index]`: an element, otherwise a method or attribute of this name.
    func element(_ index: Value, of value: Value) throws(TemplateError) -> Value {
        if let element = try ownElement(index, of: value) { return element }
        guard case .text(let name) = index else { return missing(try repr(index).string, of: value) }
        return try ownAttribute(name.string, of: value) ?? missing(name.string, of: value)
    }

    private func missing(_ name: String, of value: Value) -> Value {
        .undefined(Undefined(member: name, of: value.typeName))
    }

    private func ownAttribute(_ name: String, of value: Value) throws(TemplateError) -> Value? {
        switch value {
        case .undefined(let undefined): throw failure(undefined: undefined)
        case .object(let object):
            if name.hasPrefix("_") { return nil }
            return try object.attribute(name, self)
        case .tuple(let group) where group.names.contains(name):
            return group.names.firstIndex(of: name).map { group.items[$0] }
        default: break
        }
        if let method = Methods.method(name, of: value) {
            return .object(
                FunctionValue(name) { arguments, rendering throws(TemplateError) in
                    try method(value, arguments, rendering)
                })
        }
        if Methods.areForbidden(name, of: value) {
            return .undefined(Undefined(message: "\(name) of a \(value.typeName), which is not allowed in templates"))
        }
        if Methods.areUnsupported(name, of: value) { throw unsupported("\(name) of a \(value.typeName)") }
        return nil
    }

    private func ownElement(_ index: Value, of value: Value) throws(TemplateError) -> Value? {
        switch value {
        case .undefined(let undefined): throw failure(undefined: undefined)
        case .dictionary(let dictionary): return DictionaryKey(index).flatMap { dictionary.value(for: $0) }
        case .list(let list), .tuple(let list):
            return place(index, count: list.items.count).map { list.items[$0] }
        case .range(let range): return place(index, count: range.count).map { .integer(range[$0]) }
        case .text(let text):
            try count(steps: text.isASCII ? 0 : text.bytes.count / 16)
            return place(index, count: text.count).map {
                let start = text.offset(ofCharacter: $0)
                return .text(text[start..<text.end(ofCharacterAt: start)])
            }
        default: return nil
        }
    }

    /// The place that an index means, where negative ones count from the end.
    private func place(_ index: Value, count: Int) -> Int? {
        guard let index = index.asInteger else { return nil }
        let place = index < 0 ? index &+ count : index
        return place >= 0 && place < count ? place : nil
    }

    /// `value[start:stop:step]`.
    func slice(_ value: Value, _ bounds: [Value]) throws(TemplateError) -> Value {
        switch value {
        case .text(let text):
            try count(steps: 1 + text.bytes.count / 16)
            return .text(try slice(text, try Slice(bounds, count: text.count, self)))
        case .list(let list):
            let slice = try Slice(bounds, count: list.items.count, self)
            return .list(try self.list(slice.places.map { list.items[$0] }))
        case .tuple(let list):
            let slice = try Slice(bounds, count: list.items.count, self)
            return .tuple(try self.list(slice.places.map { list.items[$0] }))
        case .range(let range):
            return .range(try self.slice(range, try Slice(bounds, count: range.count, self)))
        case .undefined(let undefined): throw failure(undefined: undefined)
        default: throw failure(expected: "a text or a list to take a slice of", found: value.typeName)
        }
    }

    private func slice(_ range: RangeValue, _ slice: Slice) throws(TemplateError) -> RangeValue {
        func number(at place: Int) -> Int? {
            let (distance, overflows) = place.multipliedReportingOverflow(by: range.step)
            let (number, exceeds) = range.start.addingReportingOverflow(distance)
            return overflows || exceeds ? nil : number
        }
        let (step, overflows) = range.step.multipliedReportingOverflow(by: slice.step)
        guard let start = number(at: slice.start), let stop = number(at: slice.stop), !overflows else {
            throw unsupportedInteger
        }
        return RangeValue(start: start, step: step, count: slice.count, stop: stop)
    }

    private func slice(_ text: MarkedText, _ slice: Slice) throws(TemplateError) -> MarkedText {
        guard slice.count > 0 else { return .empty }
        if slice.step == 1 {
            let start = text.offset(ofCharacter: slice.start)
            return text[
                start..<(slice.start + slice.count == text.count
                    ? text.bytes.count
                    : text.offset(ofCharacter: slice.start + slice.count))]
        }
        try count(characters: text.bytes.count)
        let offsets = text.offsets
        var result = MarkedText.empty
        for place in slice.places { result.append(text, offsets[place]..<offsets[place + 1]) }
        return result
    }

    /// Calls a function; the caller counts the step.
    func call(_ value: Value, _ arguments: Arguments) throws(TemplateError) -> Value {
        switch value {
        case .object(let object): return try object.call(arguments, self)
        case .undefined(let undefined): throw failure(undefined: undefined)
        default: throw failure(expected: "a function", found: value.typeName)
        }
    }
}

/// The places that a slice selects.
struct Slice {
    private(set) var start, stop, step: Int

    /// Reads start, stop and step, each an integer or none, for a sequence of this length.
    init(_ bounds: [Value], count: Int, _ rendering: Rendering) throws(TemplateError) {
        var numbers: [Int?] = []
        for bound in bounds {
            if case .none = bound {
                numbers.append(nil)
            } else if let number = bound.asInteger {
                numbers.append(number)
            } else {
                throw rendering.failure(expected: "integers in a slice", found: bound.typeName)
            }
        }
        step = numbers[2] ?? 1
        guard step != 0 else { throw rendering.failure(expected: "a step of a slice other than 0", found: "0") }
        step = max(step, -Int.max)
        let (lower, upper) = step > 0 ? (0, count) : (-1, count - 1)
        func bounded(_ number: Int?, _ standard: Int) -> Int {
            guard let number else { return standard }
            return min(max(number < 0 ? max(number, -count - 1) + count : number, lower), upper)
        }
        start = bounded(numbers[0], step > 0 ? lower : upper)
        stop = bounded(numbers[1], step > 0 ? upper : lower)
    }

    var count: Int {
        let distance = step > 0 ? stop - start : start - stop
        return distance <= 0 ? 0 : (distance - 1) / Int(step.magnitude) + 1
    }

    var places: [Int] { (0..<count).map { start + $0 * step } }
}
