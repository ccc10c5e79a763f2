#if Hub
    import AsyncHTTPClient
    import CheckpointFiles
    import ModelHub
    import NIOCore
    import NIOHTTP1

    /// Sends requests to a hub: follows redirects, keeps the token from other hosts, and waits where a server asks for
    /// it.
    struct HubClient: Sendable {
        let client: HTTPClient
        let settings: HubSettings
        let retry: RetryPolicy
        let model: HubModelName
        let userAgent: String
        /// Shows what the client waits for; nil when it goes on.
        let showWaiting: @Sendable (String?) -> Void

        /// The longest chain of redirects; the hub uses two.
        private static let redirectLimit = 8

        static func makeClient(_ retry: RetryPolicy) -> HTTPClient {
            var configuration = HTTPClient.Configuration()
            configuration.redirectConfiguration = .disallow
            // A connection for each file: their bytes do not share one window.
            configuration.httpVersion = .http1Only
            configuration.timeout = .init(
                connect: .nanoseconds(retry.connecting.nanoseconds), read: .nanoseconds(retry.silence.nanoseconds))
            return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        /// Sends a request until it succeeds, or fails in a way that another attempt cannot change.
        ///
        /// - Parameters:
        ///   - subject: what is asked for, for errors.
        ///   - accepted: the statuses that are a success.
        ///   - isFirst: whether there was no answer of the hub yet. Without a network, it then fails at once.
        func get(
            _ address: HubAddress, subject: String, headers: HTTPHeaders = [:], accepted: Set<Int> = [200],
            isFirst: Bool = false
        ) async throws -> HubResponse {
            var attempt = 0
            while true {
                var failure: HubError
                var wait = retry.wait(afterAttempt: attempt)
                do {
                    let response = try await send(address, subject, headers)
                    if accepted.contains(response.status) { return response }
                    let answer = answer(response, subject)
                    failure = answer.error
                    guard answer.isTemporary else { throw failure }
                    if let stated = answer.statedWait {
                        guard stated <= retry.longestWait else { throw tooLong(stated, subject) }
                        wait = max(stated, .milliseconds(1))
                    }
                } catch let error as HubError {
                    throw error
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    try Task.checkCancellation()
                    failure = unreachable(error, subject)
                    if isFirst, ConnectionFault(error).isUnreachable { throw failure }
                }
                attempt += 1
                guard attempt < retry.attempts else { throw failure }
                try await pause(wait, because: failure)
            }
        }

        /// Waits before another attempt.
        func pause(_ wait: Duration, because failure: HubError) async throws {
            showWaiting("found \(failure.found); the next attempt is in \(max(1, wait.components.seconds)) s")
            defer { showWaiting(nil) }
            try await Task.sleep(for: wait)
        }

        /// The whole body of a response.
        ///
        /// - Throws: if it is larger than a limit.
        func body(of response: HubResponse, subject: String, atMost limit: Int) async throws -> [UInt8] {
            var bytes: [UInt8] = []
            do {
                for try await part in response.body {
                    guard bytes.count + part.readableBytes <= limit else {
                        throw HubError(
                            .server, subject, expected: "an answer of at most \(limit) bytes", found: "a longer one")
                    }
                    bytes += part.readableBytesView
                }
            } catch let error as HubError {
                throw error
            } catch {
                try Task.checkCancellation()
                throw unreachable(error, subject)
            }
            return bytes
        }

        private func send(_ start: HubAddress, _ subject: String, _ headers: HTTPHeaders) async throws -> HubResponse {
            var address = start
            var described: HTTPHeaders?
            for _ in 0...Self.redirectLimit {
                var request = HTTPClientRequest(url: address.text)
                request.headers = headers
                request.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
                request.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
                if let token = settings.token, address.sharesToken(with: start) {
                    request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token.secret)")
                }
                let response = try await client.execute(request, deadline: .distantFuture)
                guard (300..<400).contains(response.status.code), response.status != .notModified else {
                    return HubResponse(
                        status: Int(response.status.code), headers: response.headers, body: response.body,
                        described: described ?? response.headers)
                }
                // The hub describes the file in the first answer, not the host that has its bytes.
                described = described ?? response.headers
                guard let location = response.headers.first(name: "Location"),
                    let next = address.redirected(to: location)
                else {
                    throw HubError(
                        .server, subject, expected: "a redirect to an address on the web, encrypted if this one is",
                        found: response.headers.first(name: "Location")?.withoutQuery.quoted ?? "none")
                }
                address = next
            }
            throw HubError(
                .server, subject, expected: "at most \(Self.redirectLimit) redirects",
                found: "more, last to \(address.shown)"
            )
        }

        private func answer(_ response: HubResponse, _ subject: String) -> HubAnswer {
            HubAnswer(
                status: response.status, headers: response.headers, subject: subject, model: model,
                hasToken: settings.token != nil, endpoint: settings.endpoint)
        }

        private func tooLong(_ wait: Duration, _ subject: String) -> HubError {
            HubError(
                .rateLimit, subject, expected: "permission for more requests soon",
                found: "a server that asks to wait for \(wait.components.seconds) s; try again then")
        }

        /// A failure to connect, or a connection that was lost.
        func unreachable(_ error: any Error, _ subject: String) -> HubError {
            HubError(
                .connection, subject, expected: "a connection to \(settings.endpoint)",
                found: ConnectionFault(error).text)
        }
    }

    /// An answer of a server.
    struct HubResponse: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: HTTPClientResponse.Body
        /// The headers of the first answer, before redirects.
        let described: HTTPHeaders
    }

    extension String {
        fileprivate var withoutQuery: String { String(prefix { $0 != "?" }) }
    }

    extension Duration {
        var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
    }
#endif
