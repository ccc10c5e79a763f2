import ArgumentParser

/// A kind of tested model.
enum Subject: String, Sendable, CaseIterable {
    /// Tiny models of random shapes, formats and weights.
    case random
    /// The default model.
    case defaultModel = "default"
    /// SmolLM2-135M-Instruct.
    case smollm2

    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// Whether a token takes milliseconds, so that a case can have only few.
    var isLarge: Bool { self != .random }
}

/// The name of a case, such as `random-17`. With the seed it determines the case.
struct CaseName: Sendable, CustomStringConvertible, ExpressibleByArgument {
    let subject: Subject
    let number: Int

    init(_ subject: Subject, _ number: Int) {
        self.subject = subject
        self.number = number
    }

    init?(argument: String) {
        let parts = argument.split(separator: "-")
        guard parts.count == 2, let subject = Subject(rawValue: String(parts[0])), let number = Int(parts[1]),
            number >= 0
        else { return nil }
        self.init(subject, number)
    }

    var description: String { "\(subject.rawValue)-\(number)" }
}
