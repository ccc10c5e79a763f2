/// The values of headers in a hub's answers.
package enum ResponseHeaders {
    /// The offset in `Content-Range: bytes 5-9/10`; nil unless the range goes to the end of a file of a size.
    package static func start(ofRange range: String, size: Int) -> Int? {
        guard range.hasPrefix("bytes ") else { return nil }
        let parts = range.dropFirst("bytes ".count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1] == "*" || Int(parts[1]) == size else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = Int(ends[0]), (0..<max(1, size)).contains(start), Int(ends[1]) == size - 1
        else { return nil }
        return start
    }

    /// An ETag without `W/` and quotation marks.
    package static func plain(_ tag: String) -> String {
        let tag = tag.hasPrefix("W/") ? tag.dropFirst(2) : tag[...]
        return tag.count > 1 && tag.first == "\"" && tag.last == "\"" ? String(tag.dropFirst().dropLast()) : String(tag)
    }

    /// How many seconds a server asks to wait; nil if it does not say.
    ///
    /// - Parameters:
    ///   - retryAfter: `Retry-After`. A date is not read.
    ///   - rateLimit: `RateLimit`, such as `"api";r=0;t=57`: 57 seconds until the window of requests starts again.
    package static func wait(retryAfter: String?, rateLimit: String?) -> Int? {
        if let seconds = retryAfter.flatMap(seconds) { return seconds }
        for field in (rateLimit ?? "").split(separator: ";") {
            let field = field.drop { $0 == " " }
            if field.hasPrefix("t="), let seconds = seconds(String(field.dropFirst(2))) { return seconds }
        }
        return nil
    }

    private static func seconds(_ text: String) -> Int? {
        Int(text).flatMap { $0 >= 0 ? min($0, 1 << 30) : nil }
    }
}
