import ModelTraining
import RecipeFiles
import TestSupport

/// Recipes in YAML, and overrides: the input is the text, zero, an override.
enum RecipeTarget: FuzzTarget {
    static let name = "recipe"

    static func seeds() -> [[UInt8]] {
        [
            """
            output: runs/a # A comment.
            steps: 20
            seed: 3
            model: {start: random, tokenizer: t.json, layers: 4, width: 64, feed_forward: 96, heads: 4}
            data:
              training: [a.tokens, "b c.tokens"]
              validation: 'c.tokens'
            batch: {sequences: 4, length: 32}
            optimizer:
              rate: 3e-4
              decay: linear
            exits:
              scale: 0.2
              curriculum: rotational 3
              layers: [2, 3]
            dropout: {maximum: .1, depth: exponential}
            freeze: {layers: "0-1"}
            recompute: true
            \0batch.length=16
            """,
            """
            \u{FEFF}---
            output: b
            data: {training: a, validation: [b]}
            model:
              start: default
            ...
            \0exits.layers=[1, 2]
            """,
            "a: &x {p: 1}\nb: {*x : 2}\n? [*x]\n: !!str |\n  text\n\0output=\"a\"",
        ].map { Array($0.utf8) }
    }

    static func read(_ input: [UInt8], in folder: TemporaryFolder) throws {
        let texts = input.parts(2).map { String(decoding: $0, as: UTF8.self) }
        let recipe = try RecipeFile(texts[0], name: "recipe", overrides: texts[1].isEmpty ? [] : [texts[1]]).recipe
        // Writing the values as overrides gives the same recipe.
        let overrides = RecipeKey.all.compactMap { key in
            key.value(in: recipe).map { "\(key.path)=\(yaml($0, isText: key.isText))" }
        }
        let again = try RecipeFile("", name: "again", overrides: overrides).recipe
        require(again == recipe, "\(again) is \(recipe)")
    }

    private static func yaml(_ value: RecipeValue, isText: Bool) -> String {
        func scalar(_ text: String) -> String {
            guard isText else { return text }
            let escaped = text.unicodeScalars.map { scalar in
                scalar == "\"" || scalar == "\\" || scalar.value < 32 || scalar.value > 126
                    ? "\\U" + String(scalar.value, radix: 16).leftPadded(to: 8) : String(scalar)
            }
            return "\"" + escaped.joined() + "\""
        }
        switch value {
        case .scalar(let text): return scalar(text)
        case .list(let texts): return "[" + texts.map(scalar).joined(separator: ", ") + "]"
        }
    }
}

extension String {
    fileprivate func leftPadded(to length: Int) -> String {
        String(repeating: "0", count: max(0, length - count)) + self
    }
}
