#if Hub
    import FoundationEssentials

    /// The address of a request.
    struct HubAddress: Sendable {
        let url: URL

        /// The address of a path below the hub's.
        ///
        /// - Parameter parts: encoded one by one.
        init?(_ endpoint: String, _ parts: [String], query: String = "") {
            let path = parts.map { Self.encoded($0) }.joined(separator: "/")
            guard let url = URL(string: "\(endpoint)/\(path)\(query)") else { return nil }
            self.url = url
        }

        private init(_ url: URL) { self.url = url }

        /// Where a redirect leads; nil if that is no address on the web, or if it gives up encryption.
        func redirected(to location: String) -> HubAddress? {
            guard let target = URL(string: location, relativeTo: url)?.absoluteURL, let scheme = target.scheme,
                scheme == "https" || (scheme == "http" && url.scheme == "http"), target.host() != nil
            else { return nil }
            return HubAddress(target)
        }

        /// Whether a token for one address may also be sent to the other.
        func sharesToken(with other: HubAddress) -> Bool {
            url.scheme == other.url.scheme && url.host() == other.url.host() && url.port == other.url.port
        }

        /// The whole address.
        var text: String { url.absoluteString }

        /// The address without the query, which may hold a signature.
        var shown: String { "\(url.scheme ?? "")://\(host)\(url.path())" }

        var host: String { (url.host() ?? "") + (url.port.map { ":\($0)" } ?? "") }

        /// A part of a path with everything encoded that is special in an address, slashes included.
        private static func encoded(_ part: String) -> String {
            let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
            let digits = Array("0123456789ABCDEF".utf8)
            var bytes: [UInt8] = []
            for byte in part.utf8 {
                if plain.contains(byte) {
                    bytes.append(byte)
                } else {
                    bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
#endif
