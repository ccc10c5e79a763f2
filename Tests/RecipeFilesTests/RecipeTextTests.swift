import ModelTraining
import RecipeFiles
import Testing

@Suite("YAML allowed in recipes")
struct RecipeTextTests {
    private static let recipe =
        "output: run\ndata: {training: a.tokens, validation: b.tokens}\nmodel: {start: default}\n"

    private func read(_ text: String) throws -> TrainingRecipe { try RecipeFile(text, name: "r.yaml").recipe }

    private func message(_ text: String) -> String {
        do {
            return "read: \(try read(text))"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        "\u{FEFF}" + recipe, "\u{FEFF}# A comment.\n" + recipe, "---\n" + recipe, recipe + "...\n",
        "%YAML 1.2\n---\n" + recipe, recipe.replacing("\n", with: "\r\n"),
        "\u{FEFF}" + recipe.replacing("\n", with: "\r\n"),
        "\n\n" + recipe + "# *x and &y are only a comment here", recipe.replacing("run", with: "'run'"),
        recipe.replacing("output: run", with: "output:\t run\t# a tab"),
    ])
    func theSameRecipe(_ text: String) throws {
        #expect(try read(text) == read(Self.recipe))
    }

    @Test func signsOfAliasesWithinTextAreText() throws {
        #expect(try read(Self.recipe.replacing("run", with: "runs/*x&y")).output == "runs/*x&y")
        #expect(try read(Self.recipe.replacing("run", with: "\"*x &y !z\"")).output == "*x &y !z")
    }

    @Test(arguments: [
        ("a: &x {b: 1}\nc: *x\n", "r.yaml:1: expected no YAML anchors, found &x"),
        ("output: &x run\n", "r.yaml:1: expected no YAML anchors, found &x"),
        ("\nbatch: [1, {b: &x 2}]\n", "r.yaml:2: expected no YAML anchors, found &x"),
        ("\n? [1, {b: &x 2}]\n: 3\n", "r.yaml:2: expected a key, found a list"),
        ("output: run\na: *x\n", "r.yaml:2: expected no YAML aliases, found one"),
        ("a: {*x : 1}\n", "r.yaml:1: expected no YAML aliases, found one"),
        ("batch: {<<: {length: 3}}", "r.yaml:1: batch.<<: expected one of batch.sequences"),
        ("steps: !!int 20", "r.yaml:1: expected no YAML tags, found tag:yaml.org,2002:int"),
        ("steps: !!str 20", "r.yaml:1: expected no YAML tags, found tag:yaml.org,2002:str"),
        ("steps: ! 20", "r.yaml:1: expected no YAML tags"),
        ("batch: !x {length: 3}", "r.yaml:1: expected no YAML tags, found !x"),
        ("output: a\n---\noutput: b\n", "r.yaml:2: expected one YAML document, found another"),
        ("batch:\n\tlength: 3\n", "r.yaml:2: expected spaces, found a tab"),
        ("output: a\u{0}b\n", "r.yaml:1: expected YAML, found U+0000: control characters are not allowed"),
        ("steps: 1\n\u{FEFF}\n", "r.yaml:"),
        ("output: \"a\\q\"", "r.yaml:1: expected YAML, found a syntax error: found unknown escape character"),
    ])
    func isRefused(_ text: String, _ expected: String) {
        #expect(message(text).hasPrefix(expected), "\(message(text))")
    }

    /// Forty levels of aliases represent 2^40 nodes. Yams visits them all if the last level is a key or is compared.
    @Test(arguments: ["? *x39\n: 1\n", "y: {*x39 : 1, *x38 : 2}\n", "y: *x39\n", "y: [*x39, *x39]\n"])
    func aliasesDoNotMultiply(end: String) {
        let levels = (1..<40).map { "x\($0): &x\($0) {p: *x\($0 - 1), q: *x\($0 - 1)}\n" }
        #expect(message("x0: &x0 {a: 1}\n" + levels.joined() + end).hasSuffix("expected no YAML anchors, found &x0"))
        // The same in a list, and in nested keys.
        let lists = (1..<40).map { "- &x\($0) [*x\($0 - 1), *x\($0 - 1)]\n" }
        #expect(message("- &x0 a\n" + lists.joined() + "- {? *x39 : 1}\n").hasSuffix("no YAML anchors, found &x0"))
    }

    @Test func longTextsAreRefusedAndQuotedBriefly() {
        let long = String(repeating: "a", count: 1 << 20)
        #expect(message("output: \(long)") == "r.yaml: expected at most 1048576 bytes, found 1048584")
        for text in ["steps: \(long.dropLast(99))", "\(long.dropLast(99)): 1", "steps: [\(long.dropLast(99))]"] {
            #expect(message(text).utf8.count < 1000)
        }
        #expect(
            message("steps: \"\\e[31m\"")
                == "r.yaml:1: steps: expected an integer in 1...1000000000, found the text \"�[31m\"")
    }
}
