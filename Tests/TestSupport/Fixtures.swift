import CLibc

/// Real files that some tests use if they have been fetched: in `$LAYERSKIP_CACHE`, or else in `.cache` in the
/// repository.
///
/// Write `@Test(.enabled(if: Fixtures.smolLM2 != nil || Fixtures.required))`, then `#require` the path.
package enum Fixtures {
    /// SmolLM2-135M-Instruct as a GGUF file, mostly Q4_1.
    package static var smolLM2: String? { existing("smollm2/SmolLM2-135M-Instruct.Q4_1.gguf") }

    /// A folder of vocabularies `NAME.gguf`, each with texts `NAME.gguf.inp` and their tokens `NAME.gguf.out`.
    package static var tokenizerVectors: String? { existing("tokenizer-vectors") }

    /// A folder of published chat templates, `NAME.jinja`.
    package static var chatTemplates: String? { existing("chat-templates") }

    /// Whether a missing fixture fails the test instead of skipping it: `LAYERSKIP_REQUIRE_FIXTURES=1`.
    package static var required: Bool { environment("LAYERSKIP_REQUIRE_FIXTURES") == "1" }

    /// The package's root folder.
    package static var repository: String {
        // This file is <repository>/Tests/TestSupport/Fixtures.swift.
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }

    private static func existing(_ name: String) -> String? {
        let path = (environment("LAYERSKIP_CACHE") ?? "\(repository)/.cache") + "/" + name
        return access(path, R_OK) == 0 ? path : nil
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
