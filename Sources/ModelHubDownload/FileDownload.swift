#if Hub
    import AsyncHTTPClient
    import CheckpointFiles
    import ModelHub
    import NIOCore
    import NIOHTTP1

    /// The download of one file into the cache. What arrives stays there, and the next attempt or run continues it.
    struct FileDownload: Sendable {
        let file: RepositoryFile
        let commit: String
        let cache: RepositoryCache
        let hub: HubClient
        let board: ProgressBoard

        private var subject: String { "\(hub.model.id): \(file.path.text)" }

        /// Downloads the file, unless the cache has it or another program is just downloading it.
        func run() async throws {
            if isComplete { return board.complete(file.byteCount) }
            let lock = try await takeLock()
            defer { withExtendedLifetime(lock) {} }
            if isComplete { return board.complete(file.byteCount) }
            var partial = try PartialDownload(file, in: cache)
            board.complete(partial.byteCount)
            let isResumed = partial.byteCount > 0
            try await fetch(&partial)
            if partial.hasher.mismatch() != nil, isResumed {
                // The bytes of an earlier run may be damaged.
                try startAgain(&partial)
                try await fetch(&partial)
            }
            if let found = partial.hasher.mismatch() {
                try? partial.startAgain()
                throw HubError(
                    .contents, subject, expected: "bytes with the hash \(file.hash.text)",
                    found: "\(found); nothing is kept, try again")
            }
            try partial.finish()
        }

        private var isComplete: Bool { Folder.fileSize(cache.blob(file.hash)) == file.byteCount }

        private func takeLock() async throws -> FileLock {
            var isWaiting = false
            defer { if isWaiting { board.wait(file.path.text, for: nil) } }
            while true {
                do {
                    if let lock = try FileLock.take(cache.lock(file.hash)) { return lock }
                } catch {
                    throw HubError(error)
                }
                if !isWaiting { board.wait(file.path.text, for: "another program is downloading \(file.path.text)") }
                isWaiting = true
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        private func startAgain(_ partial: inout PartialDownload) throws {
            board.complete(-partial.byteCount)
            try partial.startAgain()
        }

        /// Requests the missing bytes until all are there. Attempts count from the last one that brought new bytes.
        private func fetch(_ partial: inout PartialDownload) async throws {
            var attempt = 0
            var most = partial.byteCount
            while partial.byteCount < file.byteCount {
                let failure: HubError
                do {
                    let response = try await request(from: partial.byteCount)
                    try await receive(response, into: &partial)
                    if partial.byteCount == file.byteCount { return }
                    failure = HubError(
                        .connection, subject, expected: "\(file.byteCount) bytes",
                        found: "the end after \(partial.byteCount)")
                } catch let error as HubError {
                    throw error
                } catch let error as FileError {
                    throw HubError(error)
                } catch {
                    try Task.checkCancellation()
                    failure = hub.unreachable(error, subject)
                }
                attempt = partial.byteCount > most ? 0 : attempt + 1
                most = max(most, partial.byteCount)
                guard attempt < hub.retry.attempts else { throw failure }
                try await hub.pause(hub.retry.wait(afterAttempt: attempt), because: failure)
            }
        }

        private func request(from offset: Int) async throws -> HubResponse {
            let path = file.path.text.split(separator: "/").map(String.init)
            let parts = [hub.model.owner, hub.model.repository, "resolve", commit] + path
            guard let address = HubAddress(hub.settings.endpoint, parts) else {
                throw HubError(
                    .setting, "HF_ENDPOINT", expected: "an address such as https://huggingface.co",
                    found: hub.settings.endpoint.quoted)
            }
            let headers: HTTPHeaders = offset > 0 ? ["Range": "bytes=\(offset)-"] : [:]
            return try await hub.get(
                address, subject: subject, headers: headers, accepted: offset > 0 ? [200, 206, 416] : [200])
        }

        private func receive(_ response: HubResponse, into partial: inout PartialDownload) async throws {
            let promise = FilePromise(response, of: file, in: commit, subject)
            try promise.checkIdentity()
            if try promise.startsAgain(from: partial.byteCount) { try startAgain(&partial) }
            // Nothing can follow the bytes that are there, so they are wrong.
            if response.status == 416 { return }
            for try await part in response.body {
                guard part.readableBytes <= file.byteCount - partial.byteCount else {
                    throw HubError(
                        .contents, subject, expected: "\(file.byteCount) bytes", found: "more")
                }
                try unsafe part.withUnsafeReadableBytes { bytes in try unsafe partial.append(bytes) }
                board.receive(part.readableBytes)
            }
        }
    }

    /// The bytes of a file that have arrived, and their hash so far.
    struct PartialDownload {
        private let file: RepositoryFile
        private let storage: PartialFile
        private let blob: String
        private(set) var hasher: ContentHasher
        private(set) var byteCount = 0

        /// Continues what an earlier run left.
        init(_ file: RepositoryFile, in cache: RepositoryCache) throws {
            self.file = file
            blob = cache.blob(file.hash)
            do {
                storage = try PartialFile(cache.incompleteBlob(file.hash))
            } catch {
                throw HubError(error)
            }
            hasher = ContentHasher(file.hash, byteCount: file.byteCount)
            guard storage.byteCount <= file.byteCount else {
                try startAgain()
                return
            }
            var (hasher, byteCount) = (hasher, 0)
            do {
                try unsafe storage.read { bytes in
                    unsafe hasher.update(bytes)
                    byteCount += bytes.count
                    return !Task.isCancelled
                }
            } catch {
                throw HubError(error)
            }
            try Task.checkCancellation()
            (self.hasher, self.byteCount) = (hasher, byteCount)
        }

        mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
            try unsafe storage.append(bytes)
            unsafe hasher.update(bytes)
            byteCount += bytes.count
        }

        /// Drops all bytes.
        mutating func startAgain() throws(HubError) {
            do {
                try storage.removeAll()
            } catch {
                throw HubError(error)
            }
            hasher = ContentHasher(file.hash, byteCount: file.byteCount)
            byteCount = 0
        }

        func finish() throws(HubError) {
            do {
                try storage.finish(as: blob)
            } catch {
                throw HubError(error)
            }
        }
    }
#endif
