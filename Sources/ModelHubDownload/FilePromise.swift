#if Hub
    import CheckpointFiles
    import ModelHub
    import NIOHTTP1

    /// What a server's headers say about a file, compared with what the hub's list says.
    struct FilePromise {
        private let response: HubResponse
        private let file: RepositoryFile
        private let commit: String
        private let subject: String

        init(_ response: HubResponse, of file: RepositoryFile, in commit: String, _ subject: String) {
            (self.response, self.file, self.commit, self.subject) = (response, file, commit, subject)
        }

        /// Throws if the hub's headers name another file than its list. Missing headers are none of another file.
        func checkIdentity() throws(HubError) {
            let headers = response.described
            if let found = headers.first(name: "X-Repo-Commit"), found != commit {
                throw failure("the commit \(commit)", found)
            }
            if let found = headers.first(name: "X-Linked-Etag").map(ResponseHeaders.plain), found != file.hash.text {
                throw failure("the hash \(file.hash.text)", found)
            }
            if let found = headers.first(name: "X-Linked-Size"), Int(found) != file.byteCount {
                throw failure("\(file.byteCount) bytes", found)
            }
        }

        /// Whether the bytes that are there must be dropped, because the answer begins at the file's start, or because
        /// the server has nothing after them.
        ///
        /// - Parameter offset: the number of bytes that are there.
        /// - Throws: if the answer is another part than the one asked for, or of another size.
        func startsAgain(from offset: Int) throws(HubError) -> Bool {
            switch response.status {
            case 416: return true
            case 206:
                let range = response.headers.first(name: "Content-Range") ?? ""
                guard let start = ResponseHeaders.start(ofRange: range, size: file.byteCount), start == offset else {
                    throw failure("bytes \(offset)-\(file.byteCount - 1)/\(file.byteCount)", range)
                }
                try checkLength(file.byteCount - offset)
                return false
            default:
                try checkLength(file.byteCount)
                return offset > 0
            }
        }

        private func checkLength(_ expected: Int) throws(HubError) {
            guard let stated = response.headers.first(name: "Content-Length"), Int(stated) != expected else { return }
            throw failure("\(expected) bytes", stated)
        }

        private func failure(_ expected: String, _ found: String) -> HubError {
            HubError(
                .contents, subject, expected: expected, found: found.isEmpty ? "nothing" : found.harmless(limit: 100))
        }
    }
#endif
