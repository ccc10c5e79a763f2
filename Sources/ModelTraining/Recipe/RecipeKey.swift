/// One key of a recipe: where it stands, what it may be, and which value of ``TrainingRecipe`` it is.
public struct RecipeKey: Sendable {
    /// Names with dots between, such as `batch.length`.
    public let path: String
    /// What may stand there, in words, such as `an integer in 1...4096`.
    public let expected: String
    /// What it means, in a line.
    public let about: String
    /// Whether a resumed run must have the value that it began with, because the weights depend on it.
    public let isFixed: Bool
    /// Whether any text will do: quoted numbers, in YAML, are text and no numbers.
    public let isText: Bool
    private let read: @Sendable (TrainingRecipe) -> RecipeValue?
    private let write: @Sendable (inout TrainingRecipe, RecipeValue) -> Bool

    /// The value in a recipe; nil where the recipe leaves it open.
    public func value(in recipe: TrainingRecipe) -> RecipeValue? { read(recipe) }

    /// Changes a recipe.
    ///
    /// - Throws: ``RecipeError`` if the value is not what is ``expected``.
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

    /// A value that is written as one word or line.
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
        _ path: String, _ place: Place<Double?>, in range: ClosedRange<Double>, _ about: String
    ) -> RecipeKey {
        let numbers = RecipeNumbers(range)
        return scalar(
            path, place, about, expected: numbers.expected, isFixed: true,
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

    /// One path, or a list of them.
    static func paths(_ path: String, _ place: Place<[String]>, _ about: String) -> RecipeKey {
        key(
            path, place, about, expected: "a path or a list of paths", isFixed: false, isText: true,
            parse: { value in
                let paths = value.texts
                return paths.isEmpty || paths.contains("") ? nil : paths
            },
            format: { $0.isEmpty ? nil : .list($0) })
    }

    /// A list of ascending integers.
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

    /// One of a few words.
    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ place: Place<Choice>, _ about: String
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: Choice.allCases.map(\.rawValue).joined(separator: ", "), isFixed: true,
            parse: { Choice(rawValue: $0) }, format: { $0.rawValue })
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & Sendable>(
        _ path: String, _ place: Place<Choice?>, _ about: String
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: Choice.allCases.map(\.rawValue).joined(separator: ", "), isFixed: true,
            parse: { Choice(rawValue: $0).map { .some($0) } }, format: { $0?.rawValue })
    }

    /// Something that reads and writes itself.
    static func described<Value: LosslessStringConvertible & Sendable>(
        _ path: String, _ place: Place<Value>, expected: String, _ about: String
    ) -> RecipeKey {
        scalar(
            path, place, about, expected: expected, isFixed: true, isText: true,
            parse: { Value($0) }, format: { $0.description })
    }
}
