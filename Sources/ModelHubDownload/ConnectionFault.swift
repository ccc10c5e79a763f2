#if Hub
    import AsyncHTTPClient
    import CheckpointFiles

    /// A failure of a connection in words.
    struct ConnectionFault {
        let text: String
        /// Whether no connection was made: another attempt soon helps only if there was one before.
        let isUnreachable: Bool

        init(_ error: any Error) {
            let description = "\(error)"
            // Their types are those of the system's calls, of which only the texts are alike.
            let hasNoHost = ["UnknownHost", "Name or service not known", "name resolution"].contains {
                description.contains($0)
            }
            isUnreachable = hasNoHost || description.contains("refused") || description.contains("unreachable")
            text =
                switch error as? HTTPClientError {
                case .readTimeout?: "a server that was silent for too long"
                case .connectTimeout?: "no answer"
                case .remoteConnectionClosed?: "a connection that the server closed"
                default:
                    hasNoHost
                        ? "no host of this name, or no network"
                        : description.contains("refused")
                            ? "a refused connection" : description.harmless(limit: 300)
                }
        }
    }
#endif
