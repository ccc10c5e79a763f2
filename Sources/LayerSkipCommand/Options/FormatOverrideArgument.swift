import ArgumentParser
import LayerSkip

/// Returns the override that an argument such as `0-3=q8_0`, `5=q6_k`, `head=q8_0` or `embedding=f16` stands for.
///
/// - Throws: a usage error for any other text.
func formatOverride(_ argument: String) throws -> FormatOverride {
    let sides = argument.split(separator: "=", omittingEmptySubsequences: false).map { String($0) }
    guard sides.count == 2, let part = FormatOverride.Part(argument: sides[0]) else {
        throw ValidationError(
            """
            expected PART=FORMAT, where PART is a layer (5), a range of layers (0-3), head or embedding; found \
            \(argument.quoted)
            """)
    }
    guard let dtype = DType.allCases.first(where: { $0.rawValue.lowercased() == sides[1].lowercased() }) else {
        let expected = DType.allCases.map { $0.rawValue.lowercased() }.joined(separator: ", ")
        throw ValidationError("expected one of the formats \(expected) after =, found \(sides[1].quoted)")
    }
    return FormatOverride(part, dtype)
}

extension FormatOverride.Part {
    fileprivate init?(argument: String) {
        switch argument {
        case "head": self = .head
        case "embedding": self = .embedding
        default:
            let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], 0 <= first, first <= last
            else { return nil }
            self = .layers(first...last)
        }
    }
}
