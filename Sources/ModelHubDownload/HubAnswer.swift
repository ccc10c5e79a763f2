#if Hub
    import AsyncHTTPClient
    import CheckpointFiles
    import ModelHub
    import NIOHTTP1

    /// What a status that is no success means.
    struct HubAnswer {
        let status: Int
        let headers: HTTPHeaders
        /// What was asked for, such as `OWNER/NAME: model.gguf`.
        let subject: String
        let model: HubModelName
        let hasToken: Bool
        /// The hub's address without path, for people.
        let endpoint: String

        /// The error; also for a status that is worth another attempt.
        var error: HubError {
            let code = headers.first(name: "X-Error-Code") ?? ""
            let page = "\(endpoint)/\(model.id)"
            switch (status, code) {
            case (_, "GatedRepo") where status == 401 || status == 403:
                let what =
                    hasToken
                    ? "one that the token has no access to; ask for it at \(page)"
                    : "a gated one; ask for access at \(page), and put a token into HF_TOKEN"
                return HubError(.gated, subject, expected: "a model that is open to everyone", found: what)
            case (_, "RevisionNotFound"):
                return HubError(
                    .missing, subject, expected: "the revision \(model.statedRevision.quoted)",
                    found: "none of this name at \(page)")
            case (_, "EntryNotFound"):
                return HubError(.missing, subject, expected: "the file on the hub", found: "none of this name")
            case (401, _) where hasToken && code != "RepoNotFound":
                return HubError(
                    .token, subject, expected: "a valid token in HF_TOKEN or the token file",
                    found: "one that \(endpoint) does not accept")
            case (401, _):
                return HubError(
                    .missing, subject, expected: "a public model at \(page)",
                    found: hasToken
                        ? "none that the token gives access to"
                        : "none; if it is private, put a token into HF_TOKEN")
            case (403, _):
                return HubError(
                    .gated, subject, expected: "access to \(page)",
                    found: "status 403\(message.map { ": \($0)" } ?? "")")
            case (404, _):
                return HubError(.missing, subject, expected: "a model or file at \(page)", found: "none of this name")
            case (429, _):
                return HubError(
                    .rateLimit, subject, expected: "permission for more requests",
                    found:
                        "too many from this address; try again later\(hasToken ? "" : ", or with a token in HF_TOKEN")"
                )
            default:
                return HubError(
                    .server, subject, expected: "status 200 from \(endpoint)",
                    found: "status \(status)\(message.map { ": \($0)" } ?? "")")
            }
        }

        /// Whether the same request may succeed later.
        var isTemporary: Bool { [408, 425, 429, 500, 502, 503, 504].contains(status) }

        /// How long the server asks to wait; nil if it does not say.
        var statedWait: Duration? {
            ResponseHeaders.wait(
                retryAfter: headers.first(name: "Retry-After"), rateLimit: headers.first(name: "RateLimit")
            ).map { .seconds($0) }
        }

        private var message: String? { headers.first(name: "X-Error-Message").map { $0.harmless(limit: 300) } }
    }
#endif
