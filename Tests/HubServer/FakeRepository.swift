#if Hub
    import Crypto
    import NIOHTTP1

    /// A repository that a ``HubServer`` serves, with the answers that a hub gives.
    package struct FakeRepository: Sendable {
        package var name: String
        package var commit: String
        package var files: [File]
        /// The branches and tags; the commit itself is always known.
        package var revisions: Set<String> = ["main"]
        /// Another host, which large files are redirected to, as the hub does.
        package var largeFileHost: String?

        package struct File: Sendable {
            package let path: String
            package let bytes: [UInt8]
            /// Whether it is stored by git LFS, so that its hash is SHA-256.
            package let isLarge: Bool

            package init(_ path: String, _ bytes: [UInt8], isLarge: Bool = false) {
                (self.path, self.bytes, self.isLarge) = (path, bytes, isLarge)
            }

            package var hash: String {
                isLarge
                    ? digits(SHA256.hash(data: bytes))
                    : digits(Insecure.SHA1.hash(data: Array("blob \(bytes.count)\0".utf8) + bytes))
            }

            /// The file's entry in the list of files.
            package var entry: String {
                let lfs = #","lfs":{"sha256":"\#(hash)","size":\#(bytes.count),"pointerSize":134}"#
                let blob = isLarge ? String(repeating: "0", count: 40) : hash
                return #"{"rfilename":"\#(path)","size":\#(bytes.count),"blobId":"\#(blob)"\#(isLarge ? lfs : "")}"#
            }

            /// The file's entry in the tree of files.
            fileprivate var treeEntry: String {
                let lfs = #","lfs":{"oid":"\#(hash)","size":\#(bytes.count),"pointerSize":134}"#
                let blob = isLarge ? String(repeating: "0", count: 40) : hash
                return """
                    {"type":"file","path":"\(path)","size":\(bytes.count),"oid":"\(blob)"\(isLarge ? lfs : "")}
                    """
            }
        }

        package init(_ name: String, commit: String = String(repeating: "c", count: 40), _ files: [File]) {
            (self.name, self.commit, self.files) = (name, commit, files)
        }

        /// The list of files.
        package var listing: String {
            """
            {"id":"\(name)","sha":"\(commit)","private":false,"gated":false,"siblings":\
            [\(files.map(\.entry).joined(separator: ","))]}
            """
        }

        /// What a hub answers.
        package func reply(to request: HubServer.Request) -> HubServer.Reply {
            let path = request.path.prefix { $0 != "?" }
            for revision in revisions.union([commit]) {
                let encoded = revision.replacing("/", with: "%2F")
                if path == "/api/models/\(name)/revision/\(encoded)" {
                    return json(listing)
                }
                if path.hasPrefix("/api/models/\(name)/tree/\(encoded)") {
                    return json("[\(files.map(\.treeEntry).joined(separator: ","))]")
                }
                for file in files
                where path == "/\(name)/resolve/\(encoded)/\(file.path.replacing(" ", with: "%20"))" {
                    return reply(with: file, to: request)
                }
            }
            if path == "/api/models/\(name)" { return json(listing) }
            for file in files where path == "/large/\(file.hash)" {
                return Self.bytes(of: file.bytes, for: request)
            }
            let known = path.hasPrefix("/\(name)/") || path.hasPrefix("/api/models/\(name)/")
            let code = !known ? "RepoNotFound" : path.contains("/resolve/") ? "EntryNotFound" : "RevisionNotFound"
            return HubServer.Reply(known ? 404 : 401, [("X-Error-Code", code), ("X-Error-Message", "not found")])
        }

        private func reply(with file: File, to request: HubServer.Request) -> HubServer.Reply {
            let identity = [("X-Repo-Commit", commit), ("ETag", "\"\(file.hash)\"")]
            if file.isLarge {
                return HubServer.Reply(
                    302,
                    identity + [
                        ("X-Linked-Etag", "\"\(file.hash)\""), ("X-Linked-Size", "\(file.bytes.count)"),
                        ("Location", "\(largeFileHost ?? "")/large/\(file.hash)?signature=secret"),
                    ])
            }
            var reply = Self.bytes(of: file.bytes, for: request)
            reply.headers += identity
            return reply
        }

        private func json(_ text: String) -> HubServer.Reply {
            HubServer.Reply(200, [("Content-Type", "application/json")], Array(text.utf8))
        }

        /// The bytes, or those from an offset on.
        package static func bytes(of bytes: [UInt8], for request: HubServer.Request) -> HubServer.Reply {
            guard let range = request.headers.first(name: "Range") else { return HubServer.Reply(200, [], bytes) }
            guard let start = Int(range.dropFirst("bytes=".count).prefix { $0 != "-" }), start < bytes.count else {
                return HubServer.Reply(416, [("Content-Range", "bytes */\(bytes.count)")])
            }
            return HubServer.Reply(
                206, [("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")], Array(bytes[start...]))
        }
    }

    private func digits(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
#endif
