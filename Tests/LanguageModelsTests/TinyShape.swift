import LanguageModels
import TensorCore
import TestSupport
import Testing

/// A shape of tiny Llamas with one matrix format; together they cover all cases that kernels distinguish.
struct TinyShape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let file: TinyLlamaFile

    /// Every shape in every format that supports it. Models of super-blocks are wider.
    static let all: [TinyShape] = DType.allCases.flatMap { format in
        shapes.compactMap { name, change in
            var file = TinyLlamaFile()
            file.matrixType = format
            if format.elementsPerBlock > 32 { file.widen(to: format.elementsPerBlock) }
            change(&file)
            let columns = [file.width, file.feedForwardWidth, file.heads * file.headDimension]
            guard columns.allSatisfy({ $0 % format.elementsPerBlock == 0 }) else { return nil }
            return TinyShape(testDescription: "\(name), \(format.rawValue)", file: file)
        }
    }

    private static let shapes: [(String, @Sendable (inout TinyLlamaFile) -> Void)] = [
        ("2 groups, tied", { _ in }),
        (
            "1 group, untied",
            { file in
                file.keyValueHeads = 1
                file.isTied = false
                // Not a multiple of any kernel's number of rows.
                file.vocabularySize = 301
                file.feedForwardWidth = 160
            }
        ),
        (
            "heads of their own width",
            { file in
                file.layers = 1
                file.heads = 4
                file.keyValueHeads = 4
                file.headDimension = 24
                file.ropeScaling = .linear(factor: 4)
            }
        ),
        ("Qwen 2", { $0.architecture = .qwen2 }),
        (
            "Qwen 3, heads of their own width",
            { file in
                file.architecture = .qwen3
                file.layers = 1
                file.headDimension = 24
                file.isTied = false
            }
        ),
        (
            "odd widths",
            { file in
                file.width = 42
                file.heads = 3
                file.keyValueHeads = 3
                file.headDimension = 14
                file.feedForwardWidth = 37
                file.vocabularySize = 77
                file.isTied = false
            }
        ),
    ]

    /// Random ids, the same for the same count.
    func tokens(count: Int) -> [Token] {
        var random = SeededGenerator(seed: 7)
        return (0..<count).map { _ in Token.random(in: 0..<Token(file.vocabularySize), using: &random) }
    }
}
