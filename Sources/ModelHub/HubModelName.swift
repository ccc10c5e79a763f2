import CheckpointFiles

/// The name of a model on a hub: `OWNER/NAME[:FILE or quantization][@revision]`.
///
/// ```swift
/// let name = try HubModelName("bartowski/SmolLM2-135M-Instruct-GGUF:Q4_K_M")
/// ```
public struct HubModelName: Sendable, Hashable, CustomStringConvertible {
    /// The user or organization.
    public let owner: String
    /// The name of the repository.
    public let repository: String
    /// The file, such as `model-Q8_0.gguf`, or the quantization, such as `Q8_0`; nil for the default.
    public let selection: String?
    /// The branch, tag or commit; nil for `main`.
    public let revision: String?

    /// Takes a name apart.
    ///
    /// - Throws: ``HubError`` if it is not the name of a model on a hub.
    public init(_ text: String) throws(HubError) {
        let parts = NameParts(text)
        let names = parts.repository.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        func failure(_ found: String) -> HubError {
            HubError(
                .name, text, expected: "OWNER/NAME, OWNER/NAME:QUANTIZATION or OWNER/NAME:FILE, and perhaps @REVISION",
                found: found)
        }
        guard names.count == 2 else { throw failure(text.quoted) }
        for name in names where !Self.isAllowed(name) { throw failure("the part \(name.quoted)") }
        if let selection = parts.selection, RepositoryPath(selection) == nil {
            throw failure("the file or quantization \(selection.quoted)")
        }
        if let revision = parts.revision, RepositoryPath(revision) == nil {
            throw failure("the revision \(revision.quoted)")
        }
        (owner, repository) = (names[0], names[1])
        (selection, revision) = (parts.selection, parts.revision)
    }

    /// `OWNER/NAME`.
    public var id: String { "\(owner)/\(repository)" }

    /// The branch, tag or commit.
    package var statedRevision: String { revision ?? "main" }

    /// The whole name.
    public var description: String {
        id + (selection.map { ":\($0)" } ?? "") + (revision.map { "@\($0)" } ?? "")
    }

    /// Whether a hub allows this name for an owner or a repository. It is also a safe name for a folder.
    static func isAllowed(_ name: String) -> Bool {
        let isSafe = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        // The cache's folder is named models--OWNER--NAME.
        return isSafe && (1...96).contains(name.utf8.count) && !name.contains("--") && !name.contains("..")
            && !name.hasPrefix("-") && !name.hasPrefix(".") && !name.hasSuffix("-") && !name.hasSuffix(".")
    }
}

/// The parts of `OWNER/NAME[:SELECTION][@REVISION]`, unchecked.
struct NameParts {
    let repository: String
    let selection: String?
    let revision: String?

    init(_ text: String) {
        let (name, revision) = Self.cut(text, at: "@")
        let (repository, selection) = Self.cut(name, at: ":")
        (self.repository, self.selection, self.revision) = (repository, selection, revision)
    }

    private static func cut(_ text: String, at separator: Character) -> (String, String?) {
        guard let place = text.firstIndex(of: separator) else { return (text, nil) }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }
}
