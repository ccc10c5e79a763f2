package import CheckpointFiles

/// The files of a repository at one commit, as a hub lists them.
package struct RepositoryListing: Sendable, Equatable {
    /// The commit.
    package let commit: String
    /// The files, in the hub's order.
    package let files: [RepositoryFile]

    /// The largest accepted answer; the repositories with the most files have some ten thousand.
    package static let limit = ReadingLimit(byteCount: 32 << 20, valueCount: 1 << 20)

    /// Reads the answer of `/api/models/OWNER/NAME/revision/REVISION?blobs=true`.
    ///
    /// - Parameter model: the model's name, for errors.
    /// - Throws: ``HubError`` if the answer is not such a list, or if a name in it leads out of a folder.
    package init(_ bytes: [UInt8], of model: String) throws(HubError) {
        let subject = "\(model): list of files"
        func failure(_ expected: String, _ found: String) -> HubError {
            HubError(.server, subject, expected: expected, found: found)
        }
        let answer: Answer
        do {
            answer = try Self.decode(bytes, subject)
        } catch {
            throw HubError(error, .server)
        }
        guard let commit = CommitHash(answer.sha) else {
            throw failure("a commit of 40 hexadecimal digits", answer.sha.quoted)
        }
        var files: [RepositoryFile] = []
        var names: Set<String> = []
        for entry in answer.siblings {
            guard let path = RepositoryPath(entry.rfilename) else {
                throw failure("names of files in the repository", "the name \(entry.rfilename.quoted)")
            }
            guard names.insert(path.text).inserted else {
                throw failure("each file once", "\(path.text.quoted) twice")
            }
            files.append(try RepositoryFile(path, entry, subject))
        }
        (self.commit, self.files) = (commit.text, files)
    }

    private static func decode(_ bytes: [UInt8], _ subject: String) throws(FileError) -> Answer {
        try JSONText.decode(text: bytes, file: subject, atMost: limit)
    }

    struct Answer: Decodable {
        let sha: String
        let siblings: [Entry]
    }

    struct Entry: Decodable {
        let rfilename: String
        let size: Int?
        let blobId: String?
        let lfs: LargeFile?
    }

    struct LargeFile: Decodable {
        let sha256: String
        let size: Int?
    }

    /// The file at a path; nil if there is none.
    package subscript(path: String) -> RepositoryFile? { files.first { $0.path.text == path } }
}

/// A file of a repository.
package struct RepositoryFile: Sendable, Hashable {
    /// What identifies the file's bytes.
    package enum Hash: Sendable, Hashable {
        /// SHA-256 of the bytes.
        case sha256(String)
        /// The hash that git gives the file: SHA-1 of `blob SIZE`, a zero and the bytes.
        case gitBlob(String)

        /// The hexadecimal digits, which are also the name of the file in the cache.
        package var text: String {
            switch self {
            case .sha256(let text), .gitBlob(let text): text
            }
        }
    }

    package let path: RepositoryPath
    package let byteCount: Int
    package let hash: Hash

    package init(_ path: RepositoryPath, byteCount: Int, hash: Hash) {
        self.path = path
        self.byteCount = byteCount
        self.hash = hash
    }

    init(_ path: RepositoryPath, _ entry: RepositoryListing.Entry, _ subject: String) throws(HubError) {
        func failure(_ expected: String, _ found: String) -> HubError {
            HubError(.server, subject, expected: "\(expected) of \(path.text.quoted)", found: found)
        }
        guard let byteCount = entry.lfs?.size ?? entry.size else { throw failure("the size", "none") }
        // A petabyte: sums of sizes stay far from the largest integer.
        guard (0...1 << 50).contains(byteCount) else { throw failure("the size", "\(byteCount)") }
        let hash: Hash
        if let text = entry.lfs?.sha256 {
            guard isHexadecimal(text, count: 64) else { throw failure("the SHA-256", text.quoted) }
            hash = .sha256(text)
        } else if let text = entry.blobId {
            guard isHexadecimal(text, count: 40) else { throw failure("git's hash", text.quoted) }
            hash = .gitBlob(text)
        } else {
            throw failure("a hash", "none")
        }
        self.init(path, byteCount: byteCount, hash: hash)
    }
}

/// A commit's full hash.
struct CommitHash {
    let text: String

    init?(_ text: String) {
        guard isHexadecimal(text, count: 40) else { return nil }
        self.text = text
    }
}

/// Whether a text is a hash as hubs write them, in lower case. Such a text is a safe name for a file.
private func isHexadecimal(_ text: String, count: Int) -> Bool {
    text.utf8.count == count
        && text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
}
