#if Hub
    import AsyncHTTPClient
    import CheckpointFiles
    package import ModelHub

    /// Downloads models from a hub into the cache.
    package struct HubDownload: Sendable {
        private let settings: HubSettings
        private let retry: RetryPolicy
        private let userAgent: String
        private let report: @Sendable (HubProgress) -> Void
        /// The bytes that fit into a folder; nil if unknown.
        package var freeBytes: @Sendable (String) -> Int? = { Folder.freeBytes(in: $0) }

        /// The number of files that are downloaded at the same time.
        private static let parallelCount = 4
        /// The space that a download leaves on the disk.
        private static let reserve = 64 << 20

        package init(
            _ settings: HubSettings, retry: RetryPolicy = RetryPolicy(), userAgent: String,
            report: @escaping @Sendable (HubProgress) -> Void = { _ in }
        ) {
            self.settings = settings
            self.retry = retry
            self.userAgent = userAgent
            self.report = report
        }

        /// Downloads what the cache does not have of a model's newest commit.
        ///
        /// - Returns: the model in the cache.
        /// - Throws: ``HubError``; `CancellationError` if the task is cancelled. What has arrived is kept.
        package func pull(_ model: HubModelName) async throws -> CachedModel {
            if settings.isOffline {
                throw HubError(
                    .offline, "\(model)", expected: "downloads to be allowed",
                    found: "HF_HUB_OFFLINE in the environment")
            }
            let board = ProgressBoard(report)
            let client = HubClient.makeClient(retry)
            do {
                let hub = HubClient(
                    client: client, settings: settings, retry: retry, model: model, userAgent: userAgent
                ) { board.wait(model.id, for: $0) }
                let found: CachedModel
                do {
                    async let _: Void = board.reportRegularly()
                    found = try await pull(model, from: hub, board)
                }
                try await client.shutdown()
                board.reportNow()
                return found
            } catch {
                try? await client.shutdown()
                // A cancelled request may end with another error.
                try Task.checkCancellation()
                throw error
            }
        }

        private func pull(
            _ model: HubModelName, from hub: HubClient, _ board: ProgressBoard
        ) async throws -> CachedModel {
            let listing = try await list(model, from: hub)
            let paths = listing.files.map(\.path.text)
            let choice = try ModelChoice(among: paths, for: model)
            let repository = HubCache(settings.cache).repository(of: model)
            func fetch(_ paths: [String]) async throws {
                try await download(paths.compactMap { listing[$0] }, of: listing.commit, to: repository, hub, board)
            }
            var names = choice.paths
            if case .folder(let folder) = choice, case .index(let index) = folder.weights {
                try await fetch(names)
                guard let file = listing[index] else { preconditionFailure("a chosen file is listed") }
                let text = try stored { () throws(FileError) in
                    try TextFile.bytes(repository.blob(file.hash), atMost: .index)
                }
                let parts = try ModelFolderFiles.parts(inIndex: text, among: paths, of: model)
                try await fetch(parts)
                names += parts
            } else {
                try await fetch(names)
            }
            // Weights come last: a folder with weights is complete.
            for file in names.compactMap({ listing[$0] }) {
                try stored { () throws(FileError) in try repository.link(file, in: listing.commit) }
            }
            if let revision = RepositoryPath(model.statedRevision) {
                try stored { () throws(FileError) in try repository.set(revision, to: listing.commit) }
            }
            guard let found = repository.snapshot(listing.commit).find(model) else {
                throw HubError(
                    .storage, "\(model)", expected: "the downloaded files in \(repository.path)", found: "some missing")
            }
            return found
        }

        /// The files of a model's newest commit.
        private func list(_ model: HubModelName, from hub: HubClient) async throws -> RepositoryListing {
            let parts = ["api", "models", model.owner, model.repository, "revision", model.statedRevision]
            guard let address = HubAddress(settings.endpoint, parts, query: "?blobs=true") else {
                throw HubError(
                    .setting, "HF_ENDPOINT", expected: "an address such as https://huggingface.co",
                    found: settings.endpoint.quoted)
            }
            let response = try await hub.get(address, subject: model.id, isFirst: true)
            let answer = try await hub.body(
                of: response, subject: model.id, atMost: RepositoryListing.limit.byteCount)
            return try RepositoryListing(answer, of: model.id)
        }

        private func download(
            _ files: [RepositoryFile], of commit: String, to repository: RepositoryCache, _ hub: HubClient,
            _ board: ProgressBoard
        ) async throws {
            // Two names may have the same bytes.
            var hashes: Set<RepositoryFile.Hash> = []
            let files = files.filter { hashes.insert($0.hash).inserted }
            for folder in [repository.blobs, repository.locks] {
                try stored { () throws(FileError) in try Folder.make(folder) }
            }
            try checkSpace(for: files, in: repository)
            board.add(files)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, file) in files.enumerated() {
                    if index >= Self.parallelCount { try await group.next() }
                    let download = FileDownload(
                        file: file, commit: commit, cache: repository, hub: hub, board: board)
                    group.addTask { try await download.run() }
                }
                try await group.waitForAll()
            }
        }

        private func checkSpace(for files: [RepositoryFile], in repository: RepositoryCache) throws(HubError) {
            let missing = files.reduce(0) { sum, file in
                if Folder.fileSize(repository.blob(file.hash)) == file.byteCount { return sum }
                return sum + file.byteCount
                    - min(file.byteCount, Folder.fileSize(repository.incompleteBlob(file.hash)) ?? 0)
            }
            guard missing > 0, let free = freeBytes(repository.blobs), free < missing + Self.reserve else { return }
            throw HubError(
                .storage, repository.path,
                expected: "\(missing / 1_000_000 + 1) MB and \(Self.reserve >> 20) MB to spare",
                found:
                    """
                    \(free / 1_000_000) MB free; layerskip models remove NAME makes room, and HF_HUB_CACHE names another \
                    folder
                    """
            )
        }

        private func stored<Result>(_ call: () throws(FileError) -> Result) throws(HubError) -> Result {
            do { return try call() } catch { throw HubError(error) }
        }
    }
#endif
