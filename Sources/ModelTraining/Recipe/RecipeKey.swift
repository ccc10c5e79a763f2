/// A key of a recipe: its path, its valid values, and its property of ``TrainingRecipe``.
public struct RecipeKey: Sendable {
    /// Names joined by dots, such as `batch.length`.
    public let path: String
    /// The valid values in words, such as `an integer in 1...4096`.
    public let expected: String
    /// The meaning, in one line.
    public let about: String
    /// Whether a resumed run must keep the value that it began with, because the weights depend on it.
    public let isFixed: Bool
    /// Whether the value is text, for which YAML may quote numbers.
    public let isText: Bool
    private let read: @Sendable (TrainingRecipe) -> RecipeValue?
    private let write: @Sendable (inout TrainingRecipe, RecipeValue) -> Bool

    /// Returns the value in a recipe, or nil if the recipe does not set it.
    public func value(in recipe: TrainingRecipe) -> RecipeValue? { read(recipe) }

    /// Sets the value in a recipe.
    ///
    /// - Throws: ``RecipeError`` if the value is not as ``expected``.
    public func set(_ value: RecipeValue, in recipe: inout TrainingRecipe) throws(RecipeError) {
        guard write(&recipe, value) else { throw RecipeError(key: path, expected: expected, found: "\(value)") }
    }
}

// MARK: Kinds of value

extension RecipeKey {
    typealias Place<Value> = any WritableKeyPath<TrainingRecipe, Value> & Sendable

    private static func key<Value>(
        _ path: String, _ place: Place<Value>, _ about: String, expected: String, isFixed: Bool, isText: Bool = false,
        parse: @escaping @Sendable (RecipeValue) -> Value?, format: @escaping @Sendable (Value) -> RecipeValue?
    ) -> RecipeKey {
        RecipeKey(
            path: path, expected: expected, about: about, isFixed: isFixed, isText: isText,
            read: { format($0[keyPath: place]) },
            write: { recipe, value in
                guard let parsed = parse(value) else { return false }
                recipe[keyPath: place] = parsed
                return true
            })
    }

    /// A key whose value is a single word or line.
    private static func scalar<Value>(
        _ path: String, _ place: Place<Value>, _ about: String, expected: String, isFixed: Bool, isText: Bool = false,
        parse: @escaping @Sendable (String) -> Value?, format: @escaping @Sendable (Value) -> String?
    ) -> RecipeKey {
        key(
            path, place, about, expected: expected, isFixed: isFixed, isText: isText,
            parse: { if case .scalar(let text) = $0 { parse(text) } else { nil } },
            format: { format($0).map(RecipeValue.scalar) })
    }

    static func integer(
        _ path: String, _ place: Place<Int>, in range: ClosedRange<Int>, _ about: String, isFixed: Bool = true
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: "an integer in \(range)", isFixed: isFixed,
            parse: { Int($0).flatMap { range.contains($0) ? $0 : nil } }, format: { "\($0)" })
    }

    static func integer(
        _ path: String, _ place: Place<Int?>, in range: ClosedRange<Int>, _ about: String, isFixed: Bool = true
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: "an integer in \(range)", isFixed: isFixed,
            parse: { Int($0).flatMap { range.contains($0) ? .some($0) : nil } }, format: { $0.map { "\($0)" } })
    }

    static func number(
        _ path: String, _ place: Place<Double>, in range: ClosedRange<Double>, _ about: String
    ) -> RecipeKey {
        let numbers = RecipeNumbers(range)
        return scalar(
            path, place, about, expected: numbers.expected, isFixed: true, parse: numbers.number, format: { "\($0)" })
    }

    static func number(
        _ path: String, _ place: Place<Double?>, in range: ClosedRange<Double>, _ about: String, isFixed: Bool = true
    ) -> RecipeKey {
        let numbers = RecipeNumbers(range)
        return scalar(
            path, place, about, expected: numbers.expected, isFixed: isFixed,
            parse: { numbers.number($0).map { .some($0) } }, format: { $0.map { "\($0)" } })
    }

    static func boolean(_ path: String, _ place: Place<Bool>, _ about: String) -> RecipeKey {
        scalar(
            path, place, about, expected: "true or false", isFixed: true, parse: { Bool($0) }, format: { "\($0)" })
    }

    static func boolean(_ path: String, _ place: Place<Bool?>, _ about: String) -> RecipeKey {
        scalar(
            path, place, about, expected: "true or false", isFixed: true,
            parse: { Bool($0).map { .some($0) } }, format: { $0.map { "\($0)" } })
    }

    static func path(_ path: String, _ place: Place<String>, _ about: String) -> RecipeKey {
        scalar(
            path, place, about, expected: "a path", isFixed: false, isText: true,
            parse: { $0.isEmpty ? nil : $0 }, format: { $0.isEmpty ? nil : $0 })
    }

    static func path(_ path: String, _ place: Place<String?>, _ about: String) -> RecipeKey {
        scalar(
            path, place, about, expected: "a path", isFixed: false, isText: true,
            parse: { $0.isEmpty ? nil : .some($0) }, format: { $0 })
    }

    /// A key whose value is a path or a list of paths.
    static func paths(_ path: String, _ place: Place<[String]>, _ about: String) -> RecipeKey {
        texts(path, place, about, expected: "a path or a list of paths")
    }

    /// A key whose value is a text or a list of texts.
    static func texts(_ path: String, _ place: Place<[String]>, _ about: String, expected: String) -> RecipeKey {
        key(
            path, place, about, expected: expected, isFixed: false, isText: true,
            parse: { value in
                let paths = value.texts
                return paths.isEmpty || paths.contains("") ? nil : paths
            },
            format: { $0.isEmpty ? nil : .list($0) })
    }

    /// A key whose value is one of a few words, or a list of different ones.
    static func words(
        _ path: String, _ place: Place<[String]>, of words: [String], _ about: String
    ) -> RecipeKey {
        key(
            path, place, about, expected: "a list of different ones of \(words.joined(separator: ", "))", isFixed: true,
            parse: { value in
                let chosen = value.texts
                let isValid = !chosen.isEmpty && Set(chosen).count == chosen.count && chosen.allSatisfy(words.contains)
                return isValid ? words.filter(chosen.contains) : nil
            },
            format: { .list($0) })
    }

    /// A key whose value is a list of ascending integers.
    static func integers(
        _ path: String, _ place: Place<[Int]?>, in range: ClosedRange<Int>, _ about: String
    ) -> RecipeKey {
        key(
            path, place, about, expected: "a list of ascending integers in \(range), at least one", isFixed: true,
            parse: { value in
                let numbers = value.texts.compactMap { Int($0) }.filter(range.contains)
                let isAscending = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
                return numbers.count == value.texts.count && !numbers.isEmpty && isAscending ? .some(numbers) : nil
            },
            format: { $0.map { .list($0.map(String.init)) } })
    }

    /// A key whose value is a choice of exits to measure.
    static func exits(_ path: String, _ place: Place<MeasuredExits>, _ about: String) -> RecipeKey {
        key(
            path, place, about, expected: MeasuredExits.expected, isFixed: false, parse: { MeasuredExits($0) },
            format: { $0.value })
    }

    /// A key whose value is a list of numbers.
    static func numbers(
        _ path: String, _ place: Place<[Double]?>, in range: ClosedRange<Double>, _ about: String
    ) -> RecipeKey {
        let numbers = RecipeNumbers(range)
        return key(
            path, place, about, expected: "a list, each \(numbers.expected)", isFixed: true,
            parse: { value in
                let parsed = value.texts.compactMap(numbers.number)
                return parsed.count == value.texts.count && !parsed.isEmpty ? .some(parsed) : nil
            },
            format: { $0.map { .list($0.map { "\($0)" }) } })
    }

    /// A key whose value is one of a few words.
    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ place: Place<Choice>, _ about: String, isFixed: Bool = true
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: Choice.allCases.map(\.rawValue).joined(separator: ", "), isFixed: isFixed,
            parse: { Choice(rawValue: $0) }, format: { $0.rawValue })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ place: Place<Choice?>, _ about: String
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: Choice.allCases.map(\.rawValue).joined(separator: ", "), isFixed: true,
            parse: { Choice(rawValue: $0).map { .some($0) } }, format: { $0?.rawValue })
    }

    static func described<Value: LosslessStringConvertible & Sendable>(
        _ path: String, _ place: Place<Value?>, expected: String, _ about: String, isFixed: Bool = true
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: expected, isFixed: isFixed, isText: true,
            parse: { Value($0).map { .some($0) } }, format: { $0?.description })
    }

    /// A key whose value converts itself from and to text.
    static func described<Value: LosslessStringConvertible & Sendable>(
        _ path: String, _ place: Place<Value>, expected: String, _ about: String
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: expected, isFixed: true, isText: true,
            parse: { Value($0) }, format: { $0.description })
    }
}
