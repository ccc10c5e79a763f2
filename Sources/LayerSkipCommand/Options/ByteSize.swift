import ArgumentParser

/// A number of bytes on the command line, such as `2G`, with units of powers of 1000 as llama-gguf-split has them.
enum ByteSize {
    /// - Throws: a usage error if the argument is no size.
    static func parse(_ argument: String) throws -> Int {
        let units: [Character: Int] = ["K": 1000, "M": 1_000_000, "G": 1_000_000_000]
        let unit = argument.last.flatMap { units[Character($0.uppercased())] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard let number = Int(digits), number > 0, digits.allSatisfy(\.isNumber),
            case let (size, overflow) = number.multipliedReportingOverflow(by: unit ?? 1), !overflow
        else {
            throw ValidationError("expected a number of bytes above 0, with or without K, M or G, as in 2G")
        }
        return size
    }
}
